"""``timepoint estimate``: what a run would ask of its models, before a call is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from timepoint_pro.cli.console import say, say_wrapped, table, write_json
from timepoint_pro.cli.options import json_option, model_options
from timepoint_pro.templates.vocabulary import MODES

if TYPE_CHECKING:
    from timepoint_pro.estimate import Estimate


@click.command("estimate")
@click.argument("template")
@model_options
@click.option("--mode", type=click.Choice(MODES), help="Kind of time, instead of the template's.")
@click.option("--seed", type=int, default=0, show_default=True, help="As for 'timepoint run'.")
@click.option(
    "--without", multiple=True, metavar="CODE", help="Leave out a mechanism (M4, M7 ...); can be repeated."
)
@json_option
def command(
    template: str, model: str | None, base_url: str | None, mode: str | None, seed: int, without: tuple[str, ...],
    as_json: bool,
) -> None:  # fmt: skip
    """Say how many calls, tokens, dollars and minutes a run of a template would take.

    The run is rehearsed in memory with the built-in model; nothing is sent and nothing is written.

    \b
      timepoint estimate mars_mission_portal --model deepseek/deepseek-chat
    """
    from timepoint_pro.simulation import Simulation

    estimate = Simulation.from_template(
        template, seed=seed, mode=mode, model=model, base_url=base_url, without=without, store=":memory:"
    ).estimate()
    if as_json:
        write_json(estimate)
    else:
        _show(estimate)


def _show(estimate: Estimate) -> None:
    say(f"{estimate.template}, {estimate.mode}, seed {estimate.seed}: about {estimate.calls} calls")
    say()
    table(
        ("ACTION", "MODEL", "CALLS", "TOKENS IN", "TOKENS OUT", "USD"),
        [
            (one.action, one.model, str(one.calls), f"{one.tokens_in:,}", f"{one.tokens_out:,}", _dollars(one.cost_usd))
            for one in estimate.parts
        ],
    )
    say()
    say_wrapped(f"Calls   {estimate.calls}, {estimate.turns} of them turns that are spoken; {_range(estimate)}")
    say(f"Tokens  {estimate.tokens_in:,} in, {estimate.tokens_out:,} out")
    say_wrapped(f"Cost    {_cost(estimate)}")
    say(f"Time    {_time(estimate.seconds)}")
    say()
    for note in estimate.notes:
        say_wrapped(note)


def _range(estimate: Estimate) -> str:
    return f"from {estimate.calls_least} to {estimate.calls_most}, by how soon people agree"


def _dollars(cost_usd: float | None) -> str:
    return "unknown" if cost_usd is None else f"{cost_usd:.4f}"


def _cost(estimate: Estimate) -> str:
    if estimate.cost_usd is None:
        return "unknown"
    if estimate.cost_source == "free":
        return "free, on this machine"
    return f"about ${estimate.cost_usd:.4f}, {estimate.cost_source}"


def _time(seconds: float) -> str:
    if seconds < 1:
        return "some seconds"
    return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"
