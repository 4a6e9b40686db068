"""What a failure looks like in a shell: a plain message on stderr and an exit code, never a bare traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TypeVar

import click

from timepoint_pro.cli.console import say
from timepoint_pro.errors import RunInterruptedError, TimepointError

DEBUG = "TIMEPOINT_DEBUG"
BROKEN_PIPE = 141
"""128 + SIGPIPE, as shells report a program whose reader went away."""

T = TypeVar("T")


def explained(work: Callable[[], T], ctx: click.Context) -> T:
    """Do ``work``; whatever goes wrong becomes lines on stderr and an exit code.

    With TIMEPOINT_DEBUG=1 an unexpected exception passes through, so that Python shows its traceback.
    """
    try:
        return work()
    except TimepointError as error:
        report(error)
        ctx.exit(error.exit_code)
    except KeyboardInterrupt:
        say("interrupted", err=True)
        ctx.exit(130)
    except BrokenPipeError:
        _let_go_of_pipe()
        ctx.exit(BROKEN_PIPE)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        if os.environ.get(DEBUG, "0") not in ("", "0"):
            raise
        what = str(error).strip().partition("\n")[0]
        say(f"error: unexpected {type(error).__name__}{': ' + what if what else ''}", err=True)
        say(f"this is a defect; please report it with what {DEBUG}=1 shows for the same command", err=True)
        ctx.exit(1)


def report(error: TimepointError) -> None:
    """Write an error to stderr: ``error: `` before each problem; an interruption is none."""
    prefix = "" if isinstance(error, RunInterruptedError) else "error: "
    for line in str(error).splitlines() or [type(error).__name__]:
        say(f"{prefix}{line}", err=True)


def _let_go_of_pipe() -> None:
    """Point stdout and stderr elsewhere, so that the interpreter's last flush does not fail too."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
