"""``timepoint validate``: what a template will do, everything that is wrong with it, and what has no effect."""

from __future__ import annotations

import click
from attrs import frozen

from timepoint_pro.cli.console import say, say_wrapped, write_json
from timepoint_pro.cli.options import json_option
from timepoint_pro.errors import TemplateError, UsageError


@frozen
class Verdict:
    """What is to say of one template.

    ``problems`` keep it from running, ``notices`` do not; ``explanation`` says what it will do.
    """

    template: str
    valid: bool
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    explanation: tuple[str, ...] = ()


@click.command("validate")
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@click.option("--brief", is_flag=True, help="Only what is wrong or without effect, not what it will do.")
@json_option
@click.pass_context
def command(ctx: click.Context, templates: tuple[str, ...], brief: bool, as_json: bool) -> None:
    """Check templates, by id or by the path of a JSON file, without running them, and say what they will do.

    All problems are shown, each with its JSON path, and notices about keys that have no effect. Exit code 1
    when a template cannot run.
    """
    verdicts = [_examine(one) for one in templates]
    if as_json:
        write_json(verdicts)
    else:
        for verdict in verdicts:
            _show(verdict, brief)
    if not all(verdict.valid for verdict in verdicts):
        ctx.exit(1)


def _examine(name: str) -> Verdict:
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.templates import check, explain, load

    try:
        template = load(name)
    except TemplateError as error:
        return Verdict(name, False, tuple(str(one) for one in error.problems), ())
    found = check(template)
    problems = [f"{one.path}: {one.message}" for one in found if one.level == "error"]
    notices = tuple(str(one) for one in found if one.level != "error")
    if not problems:
        # What only shows when mechanisms and mode are put together; nothing is written or run.
        try:
            Simulation(template, store=":memory:")
        except TemplateError as error:
            problems = [str(one) for one in error.problems]
        except UsageError as error:
            problems = [str(error)]
    return Verdict(name, not problems, tuple(problems), notices, explain(template))


def _show(verdict: Verdict, brief: bool) -> None:
    count = len(verdict.problems)
    if verdict.valid:
        say(f"{verdict.template}: valid")
    else:
        say(f"{verdict.template}: {count} problem{'s' if count != 1 else ''}")
    for line in (*(f"error: {problem}" for problem in verdict.problems), *verdict.notices):
        say_wrapped(line, "  ")
    if verdict.valid and not brief:
        for line in verdict.explanation:
            say_wrapped(line, "  ")
