"""The page: one HTML file that asks for nothing outside itself.

Every text of a run goes through Jinja's autoescaping. The style and the script stand in the page once each and are
named by their digests in its content security policy, so that nothing else in it can ever act as either; the data
that the script reads is a JSON block in which no markup can begin.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from timepoint_pro.errors import MissingExtraError
from timepoint_pro.report.comparison import compare
from timepoint_pro.report.view import run_view
from timepoint_pro.version import VERSION

if TYPE_CHECKING:
    import jinja2

    from timepoint_pro.reading.stored_run import StoredRun

_FOLDER = Path(__file__).with_name("page")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
"""Also the two letters that turn the direction of what follows by force."""
_IN_DATA = str.maketrans({
    "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029",
})  # fmt: skip


def report_html(run: StoredRun, other: StoredRun | None = None) -> str:
    """The report of a run, or of two side by side, as one HTML document.

    Args:
        run: finished or not.
        other: a second run, to compare.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
        StoreError: the database cannot be read.
    """
    template = _environment().get_template("page.html.j2")
    colours: dict[str, str] = {}
    views = [run_view(one, f"r{number}", colours) for number, one in enumerate((run, other)) if one is not None]
    style, script = (_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    import markupsafe

    html: str = template.render(
        views=views,
        comparison=compare(*views) if len(views) > 1 else None,
        language=run.template.spoken_language,
        # Both are this package's own files; what a run holds never gets into them.
        style=markupsafe.Markup(style),
        script=markupsafe.Markup(script),
        policy=(
            f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        ),
        version=VERSION,
    )
    return _CONTROL.sub("\ufffd", html)


def in_data(value: Any) -> Any:
    """``value`` as JSON that can stand in a script element: no letter in it can end the element or begin markup."""
    import markupsafe

    return markupsafe.Markup(orjson.dumps(value).decode().translate(_IN_DATA))


@cache
def _environment() -> jinja2.Environment:
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("report", "a report") from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters.update(signed=_signed, data=in_data, count=_count)
    return environment


def _signed(value: float) -> str:
    """Two decimals with a sign, a true minus, and no negative zero."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "\u2212")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
