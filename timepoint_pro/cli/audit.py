"""``timepoint audit``: is this data fit to train on?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs
from timepoint_pro.evaluation.audit_report import LIMITS

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def limit_options(command: Decorated) -> Decorated:
    """One option for each limit of an audit."""
    for limit in reversed(list(LIMITS.values())):
        side = "At most" if limit.side == "max" else "At least"
        default = "" if limit.default is None else f" [default: {limit.default:g}]"
        option = click.option(
            f"--{limit.name.replace('_', '-')}", limit.name, type=click.FloatRange(0.0, limit.most),
            metavar="SHARE" if limit.most == 1.0 else "N", help=f"{side} this: {limit.about}.{default}",
        )  # fmt: skip
        command = option(command)
    return command


@click.command("audit")
@click.argument("what", metavar="PATH_OR_RUN")
@limit_options
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="Must stand in no record; can be repeated.")
@click.option("--coupling", is_flag=True, help="Measure too whether state moves language.")
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there, as JSON."
)
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@db_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    what: str,
    canaries: tuple[str, ...],
    coupling: bool,
    out: Path | None,
    force: bool,
    db: Path,
    as_json: bool,
    **limits: float | None,
) -> None:
    """Judge training data: leaks, contradictions, repeats, balance. Exit code 1 when a limit is not kept.

    PATH_OR_RUN is a JSON Lines file of any make, the folder of an export, a run's id, or 'last' for the newest.

    \b
      timepoint audit last
      timepoint audit output/run_1 --max-duplicates 0.01 --min-training-safe 1
      timepoint audit other_data.jsonl --canary "BENCHMARK DATA" --json
    """
    from timepoint_pro.errors import OutputExistsError
    from timepoint_pro.evaluation.audit import audit

    if out is not None and out.exists() and not force:
        raise OutputExistsError(out)
    given = {name: bound for name, bound in limits.items() if bound is not None}
    options: dict[str, Any] = {"thresholds": given, "canaries": canaries, "coupling": coupling}
    if _is_path(what):
        report = audit(what, **options)
    else:
        with open_runs(db) as store:
            report = audit(store.load(what), **options)
    if out is not None:
        _write(report.to_dict(), out)
    if as_json:
        write_json(report.to_dict())
    else:
        say(str(report))
    for verdict in report.failed:
        say(f"failed: {verdict}", err=True)
    if not report.passed:
        ctx.exit(1)


def _is_path(what: str) -> bool:
    """Whether a file or folder is meant: it is there, or is written as only paths are."""
    return Path(what).exists() or what.endswith((".jsonl", ".json")) or os.sep in what


def _write(report: dict[str, Any], out: Path) -> None:
    import orjson

    from timepoint_pro.errors import DataError

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise DataError(f"{out}: cannot be written: {error.strerror or error}") from error
