"""``timepoint sweep``: how the outcome depends on parameters of a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, table, warn, write_json
from timepoint_pro.cli.options import db_option, db_words, json_option, max_cost_option, model_options

if TYPE_CHECKING:
    from timepoint_pro.campaign.sweep import Sweep
    from timepoint_pro.evaluation.statistics import Effect, Level, Statistics

SHOWN = 8


@click.command("sweep")
@click.argument("template")
@click.option(
    "--param", "parameters", multiple=True, required=True, metavar="PATH=V,V",
    help="Values at a JSON path of the template; with several paths every combination is played.",
)  # fmt: skip
@click.option(
    "--repeat", type=click.IntRange(min=2), default=8, show_default=True, metavar="N",
    help="Runs of each combination, with N seeds that the combinations share.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Seed from which those of the runs are derived.")
@model_options
@max_cost_option
@click.option("--workers", type=click.IntRange(min=0), default=0, show_default=True, metavar="N",
              help="Play in so many worker processes; 0: in this one.")
@click.option("--quiet", is_flag=True, help="No progress.")
@db_option
@json_option
def command(
    template: str, parameters: tuple[str, ...], repeat: int, seed: int, model: str | None, base_url: str | None,
    max_cost: float | None, workers: int, quiet: bool, db: Path, as_json: bool,
) -> None:  # fmt: skip
    """Play a template with several values of a parameter, and say what they move, and how surely.

    \b
      timepoint sweep convergence/simple --param "metadata.questions[0].leanings.ines.hold=-0.8,0.2,0.9" --repeat 8
    """
    from timepoint_pro.campaign import Campaign
    from timepoint_pro.campaign.sweep import sweep_of
    from timepoint_pro.cli.campaign import parameter
    from timepoint_pro.cli.campaigning import played

    campaign = Campaign(
        template, grid=dict(parameter(one) for one in parameters), repeats=repeat, variations=0, seed=seed,
        model=model, base_url=base_url, max_cost_usd=max_cost, store=db,
    )  # fmt: skip
    for path, values in campaign.plan.grid:
        if len(values) < 2:
            raise click.UsageError(f"--param {path}: expected two values or more, found one")
    status = played(campaign, db=db, quiet=quiet or as_json, events=False, concurrency=16, workers=workers)
    if status.failed:
        warn(f"{status.failed} runs failed; 'timepoint campaign status {status.campaign_id}{db_words(db)}' says why")
    found = sweep_of(campaign)
    if as_json:
        write_json(plain(found))
        return
    show(found)


def show(found: Sweep) -> None:
    """Write what a sweep found: for each parameter the measures that it moves most surely."""
    for path, effects in found.effects.items():
        say(f"What {path} moves ({found.statistics.runs} runs)")
        shown = effects[:SHOWN]
        headings = ["MEASURE", *(_value(level) for level in shown[0].levels), "SHARE", "P", "SLOPE"]
        table(headings, [_row(one) for one in shown])
        if len(effects) > len(shown):
            say(f"and {len(effects) - len(shown)} measures more (--json lists them)")
        say()
    show_statistics(found.statistics)


def show_statistics(found: Statistics) -> None:
    """Write how outcomes spread over runs."""
    say(f"All {found.runs} runs")
    for decided in found.decisions:
        shares = ", ".join(
            f"{one.option} {one.share:.2f} ({one.interval[0]:.2f} to {one.interval[1]:.2f})" for one in decided.shares
        )
        say(f"  {decided.question}: {shares}")
    table(
        ("  NUMBER", "MEAN", "95 %", "SD"),
        [[f"  {one.measure}", f"{one.mean:.3f}", _interval(one.interval), _number(one.sd)] for one in found.numbers],
    )
    if found.components:
        say("Variance of people's numbers")
        table(
            ("  NUMBER", "BETWEEN PEOPLE", "BETWEEN RUNS", "REST"),
            [
                [f"  {one.measure}", f"{one.between_people:.4f}", f"{one.between_runs:.4f}", f"{one.rest:.4f}"]
                for one in found.components
            ],
        )


def plain(value: Any) -> Any:
    """Attrs values, all the way down, as JSON's own types."""
    import attrs

    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _row(effect: Effect) -> list[str]:
    means = [f"{level.mean:.3f}" for level in effect.levels]
    return [effect.measure, *means, f"{effect.share:.2f}", f"{effect.p:.3f}", _number(effect.slope)]


def _value(level: Level) -> str:
    import json

    return json.dumps(level.value, ensure_ascii=False)[:24]


def _interval(found: tuple[float, float] | None) -> str:
    return "" if found is None else f"{found[0]:.3f} to {found[1]:.3f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
