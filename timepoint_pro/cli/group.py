"""The group of commands. A command's module is imported when it is called, so that help stays quick."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

import click

from timepoint_pro.cli.failures import explained
from timepoint_pro.errors import nearest
from timepoint_pro.version import VERSION

COMMANDS: Mapping[str, str] = MappingProxyType({
    "run": "Run a template and write what it asks for.",
    "campaign": "Play many runs that belong together.",
    "sweep": "Say how the outcome depends on parameters of a template.",
    "resume": "Go on with a run that stopped.",
    "fork": "Play a run again from a timepoint, with something otherwise.",
    "compare": "Show timelines side by side: where they part, and what differs.",
    "list": "List the templates.",
    "validate": "Check templates without running them, and say what they will do.",
    "new": "Draft a template from a sentence.",
    "runs": "List the runs in the database.",
    "show": "Read the scenes of a run, or ask who knew what, and why.",
    "export": "Write a run to files.",
    "report": "Write a run, or two side by side, as one HTML page.",
    "audit": "Judge training data: leaks, contradictions, repeats, balance.",
    "converge": "Say how alike runs are.",
    "ablate": "Say what each mechanism does: play a template with and without it.",
    "oxen": "Keep training data under version control.",
    "serve": "Let others read the runs over HTTP.",
    "delete": "Remove a run from the database.",
    "estimate": "Say what a run would take: calls, tokens, dollars, minutes.",
    "models": "List the language models, and bring those here that run on this machine.",
})
"""Every command with its line of help. ``timepoint_pro.cli.NAME`` holds it as ``command``."""

EXIT_CODES = """\b
Exit codes
  0    done
  1    a check failed, or an unexpected error
  2    wrong usage
  3    a template or data that cannot be used
  4    the model or the network failed; the run can be resumed
  5    the budget is reached; the run can be resumed
  130  interrupted; the run can be resumed"""


class Commands(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", import_module(f"timepoint_pro.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = nearest(args[0], COMMANDS)
            advice = f"did you mean {close!r}?" if close else "'timepoint --help' lists the commands"
            ctx.fail(f"no command {args[0]!r}; {advice}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        return explained(lambda: super(Commands, self).invoke(ctx), ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(VERSION, prog_name="timepoint")
def commands() -> None:
    """Simulate social situations over time and export them as fine-tuning data."""


def main() -> None:
    """The ``timepoint`` command; ends the process with one of the exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter gets a question mark, not a traceback.
            stream.reconfigure(errors="replace")
    commands(prog_name="timepoint")
