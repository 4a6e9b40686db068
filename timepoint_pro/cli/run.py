"""``timepoint run``: play a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import warn
from timepoint_pro.cli.options import db_option, max_cost_option, model_options, output_options
from timepoint_pro.templates.vocabulary import MODES

if TYPE_CHECKING:
    from timepoint_pro.simulation import Simulation

AS_TEMPLATE = "template"


def _count(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """How many runs; 0: as many as the template says."""
    if value is None or value == AS_TEMPLATE:
        return None if value is None else 0
    if not value.isascii() or not value.isdigit() or int(value) < 2:
        raise click.BadParameter(f"expected a whole number from 2 on, or the word '{AS_TEMPLATE}', found {value!r}")
    return int(value)


@click.command("run")
@click.argument("template")
@model_options
@click.option("--mode", type=click.Choice(MODES), help="Kind of time, instead of the template's.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same template, seed and model: same run.")
@click.option("--run-id", metavar="ID", help="Id of the new run; made up by default.")
@max_cost_option
@click.option(
    "--repeat", is_flag=False, flag_value=AS_TEMPLATE, callback=_count, metavar="N",
    help="Run it N times, with N seeds in a row, and say how alike the runs are; 'template' is its run_count.",
)  # fmt: skip
@click.option(
    "--without", multiple=True, metavar="CODE", help="Leave out a mechanism (M4, M7 ...); can be repeated."
)
@click.option(
    "--for-training-data", is_flag=True,
    help="Only models whose words may train any model; one that you name all the same is used, with a warning.",
)
@output_options
@db_option
def command(
    template: str,
    model: str | None,
    base_url: str | None,
    mode: str | None,
    seed: int,
    run_id: str | None,
    max_cost: float | None,
    repeat: int | None,
    without: tuple[str, ...],
    for_training_data: bool,
    db: Path,
    **output: Any,
) -> None:
    """Run a template and write what it asks for.

    TEMPLATE is an id from 'timepoint list', its last part where that is unique, or the path of a JSON file.

    \b
      timepoint run mars_mission_portal
      timepoint run board_meeting --seed 7 --out board
      timepoint run convergence/simple --repeat 5
      timepoint run my_template.json --json
    """
    from timepoint_pro.cli.playing import play
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.store.database import new_run_id
    from timepoint_pro.templates import load

    document = load(template)
    if for_training_data:
        document = document.with_changes({"llm_config.for_training_data": True})

    def simulation(seed: int, run_id: str | None) -> Simulation:
        return Simulation(
            document, seed=seed, mode=mode, model=model, base_url=base_url, without=without, store=db,
            run_id=run_id or new_run_id(), max_cost_usd=max_cost,
        )  # fmt: skip

    hints = "".join(f" --without {code}" for code in without)
    if repeat is None:
        single = simulation(seed, run_id)
        _judge(single)
        play(single, db=db, hints=hints, **output)
        return
    from timepoint_pro.cli.repeating import repeated

    count = repeat or document.convergence.run_count
    seeds = range(seed, seed + count)
    simulations = [simulation(one, f"{run_id}_{one}" if run_id else None) for one in seeds]
    _judge(simulations[0])
    repeated(simulations, db=db, hints=hints, **output)


def _judge(simulation: Simulation) -> None:
    """Warn when training data is asked of a model whose licence does not allow it."""
    template = simulation.template
    if not (template.llm_config.for_training_data or template.outputs.export_ml_dataset):
        return
    from timepoint_pro.llm.registry import load_registry

    registry = load_registry()
    for model in simulation.assignment.models:
        if not registry.training_safe((model,)):
            entry = registry.find(model)
            verdict = entry.training_verdict if entry is not None else "not training-safe: its licence is unknown"
            warn(f"{model} is {verdict}; records of its words will say training_safe: false")
