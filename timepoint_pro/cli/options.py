"""Options and arguments that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from timepoint_pro.run_store import RunStore

DEFAULT_DB = "metadata/runs.db"
DB_VARIABLE = "TIMEPOINT_DB"

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def db_option(command: Decorated) -> Decorated:
    """``--db``: the database of runs."""
    option = click.option(
        "--db", envvar=DB_VARIABLE, default=DEFAULT_DB, show_default=True, show_envvar=True, metavar="PATH",
        type=click.Path(dir_okay=False, path_type=Path), help="Database of runs.",
    )  # fmt: skip
    return option(command)


def json_option(command: Decorated) -> Decorated:
    """``--json``: one JSON document on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")(command)


def run_argument(command: Decorated) -> Decorated:
    """``RUN``: a run's id, or ``last``."""
    return click.argument("run_id", metavar="RUN")(command)


def model_options(command: Decorated) -> Decorated:
    """``--model`` and ``--base-url``: who speaks."""
    for option in (
        click.option(
            "--base-url", metavar="URL", help="Address of an OpenAI-compatible server (vLLM, Ollama, llama.cpp ...)."
        ),
        click.option(
            "--model", metavar="ID",
            help="Model that speaks; else the template's, the selector's with OPENROUTER_API_KEY, or 'scripted'.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def max_cost_option(command: Decorated) -> Decorated:
    """``--max-cost``: the cap on what a run may cost."""
    option = click.option(
        "--max-cost", type=click.FloatRange(min=0, min_open=True), callback=_finite, metavar="USD",
        help="Stop, resumable, when the run has cost so many US dollars.",
    )  # fmt: skip
    return option(command)


def output_options(command: Decorated) -> Decorated:
    """``--out``, ``--force``, ``--json``, ``--quiet``: what is left when a run is over."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress and no summary; only the run's id."),
        json_option,
        click.option("--force", is_flag=True, help="Replace files that are there already."),
        click.option(
            "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
            help="Folder of the exports, instead of output/RUN.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def open_runs(db: Path, *, writable: bool = False) -> RunStore:
    """The database, which must exist: a command that reads makes no empty one.

    Raises:
        StoreError: when there is none, or it cannot be read.
    """
    from timepoint_pro.run_store import RunStore

    store = RunStore(db, read_only=True)
    if not writable:
        return store
    store.close()
    return RunStore(db)


def db_words(db: Path) -> str:
    """`` --db PATH`` for a command that is suggested; empty for the default place."""
    import shlex

    return "" if db == Path(DEFAULT_DB) else f" --db {shlex.quote(str(db))}"


def _finite(_ctx: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"expected an amount in US dollars, found {value}")
    return value
