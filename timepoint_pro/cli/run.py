"""``timepoint run``: play a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, warn
from timepoint_pro.cli.options import db_option, max_cost_option, model_options, output_options
from timepoint_pro.templates.vocabulary import MODES

if TYPE_CHECKING:
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.templates import Template

AS_TEMPLATE = "template"


def _count(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """How many runs; 0: as many as the template says."""
    if value is None or value == AS_TEMPLATE:
        return None if value is None else 0
    if not value.isascii() or not value.isdigit() or int(value) < 2:
        raise click.BadParameter(f"expected a whole number from 2 on, or the word '{AS_TEMPLATE}', found {value!r}")
    return int(value)


@click.command("run")
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@model_options
@click.option("--mode", type=click.Choice(MODES), help="Kind of time, instead of the template's.")
@click.option(
    "--backward-steps", type=click.IntRange(1, 1000), metavar="N",
    help="Portal: moments from the outcome back to the origin.",
)  # fmt: skip
@click.option(
    "--paths", type=click.IntRange(1, 100), metavar="N",
    help="Portal: paths that the search keeps. Branching: branches, where the template names none.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Same template, seed and model: same run.")
@click.option("--run-id", metavar="ID", help="Id of the new run; made up by default.")
@max_cost_option
@click.option(
    "--repeat", is_flag=False, flag_value=AS_TEMPLATE, callback=_count, metavar="N",
    help="Run it N times, with N seeds in a row, and say how alike the runs are; 'template' is its run_count.",
)  # fmt: skip
@click.option(
    "--variations", type=click.IntRange(min=1), metavar="N",
    help="Play N variations instead, as a campaign: the same command again goes on where it stopped.",
)  # fmt: skip
@click.option(
    "--without", multiple=True, metavar="CODE", help="Leave out a mechanism (M4, M7 ...); can be repeated."
)
@click.option(
    "--for-training-data", is_flag=True,
    help="Only models whose words may train any model; one that you name all the same is used, with a warning.",
)
@click.option("--dry-run", is_flag=True, help="Send and write nothing; show the first questions to the model.")
@output_options
@db_option
def command(
    templates: tuple[str, ...], mode: str | None, backward_steps: int | None, paths: int | None, repeat: int | None,
    variations: int | None, for_training_data: bool, dry_run: bool, db: Path, seed: int, run_id: str | None,
    max_cost: float | None, model: str | None, base_url: str | None, without: tuple[str, ...], **output: Any,
) -> None:  # fmt: skip
    """Run a template and write what it asks for.

    TEMPLATE is an id from 'timepoint list', its last part where that is unique, or the path of a JSON file. Several,
    and --variations, are a campaign; see 'timepoint campaign'.

    \b
      timepoint run mars_mission_portal
      timepoint run board_meeting --seed 7 --out board
      timepoint run board_meeting --mode portal --backward-steps 4
      timepoint run convergence/simple --repeat 5
      timepoint run board_meeting vc_pitch_branching --variations 10 --repeat 2
      timepoint run my_template.json --json
    """
    tell = not output["quiet"] and not output["as_json"]
    documents = [
        _document(one, mode, backward_steps, paths, for_training_data=for_training_data, tell=tell)
        for one in templates
    ]  # fmt: skip
    many = len(documents) > 1 or variations is not None
    if dry_run and (many or repeat is not None):
        raise click.UsageError("--dry-run shows one run: give one TEMPLATE, without --repeat and --variations")
    parts: dict[str, Any] = {"model": model, "base_url": base_url, "without": without}
    if many:
        _play_campaign(
            documents, parts, variations=variations, repeat=repeat, campaign_id=run_id, max_cost=max_cost, seed=seed,
            db=db, **output,
        )  # fmt: skip
        return
    given = {"store": db, "max_cost_usd": max_cost, **parts}
    if dry_run:
        from timepoint_pro.cli.rehearsing import show_first_questions

        show_first_questions(_simulation(documents[0], seed, run_id, given), as_json=output["as_json"])
        return
    hints = "".join(f" --without {code}" for code in without)
    if repeat is None:
        _play_once(_simulation(documents[0], seed, run_id, given), db=db, hints=hints, **output)
    else:
        count = repeat or documents[0].convergence.run_count
        ids = ((one, f"{run_id}_{one}" if run_id else None) for one in range(seed, seed + count))
        _play_repeated([_simulation(documents[0], *one, given) for one in ids], db=db, hints=hints, **output)


def _simulation(document: Template, seed: int, run_id: str | None, given: Mapping[str, Any]) -> Simulation:
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.store.database import new_run_id

    return Simulation(document, seed=seed, run_id=run_id or new_run_id(), **given)


def _play_campaign(documents: list[Template], parts: Mapping[str, Any], *, db: Path, **given: Any) -> None:
    from timepoint_pro.cli.campaigning import play_templates
    from timepoint_pro.simulation import Simulation

    for one in documents:
        judge(Simulation(one, store=db, **parts))
    play_templates(documents, db=db, **parts, **given)


def _play_once(simulation: Simulation, **options: Any) -> None:
    from timepoint_pro.cli.playing import play

    judge(simulation)
    play(simulation, **options)


def _play_repeated(simulations: Sequence[Simulation], **options: Any) -> None:
    from timepoint_pro.cli.repeating import repeated

    judge(simulations[0])
    repeated(simulations, **options)


def _document(
    name: str, mode: str | None, steps: int | None, paths: int | None, *, for_training_data: bool, tell: bool
) -> Template:
    """The template of that name as the options have it; slips in it are told."""
    from timepoint_pro.templates import load

    template = load(name)
    if for_training_data:
        template = template.with_changes({"llm_config.for_training_data": True})
    template = _in_mode(template, mode, steps, paths, tell=tell)
    _suspect(template)
    return template


def _in_mode(template: Template, mode: str | None, steps: int | None, paths: int | None, *, tell: bool) -> Template:
    """The template in that mode, with what the options say; ``tell``: say what is taken from it for the mode.

    Raises:
        click.UsageError: an option has no effect in the mode.
        TemplateError: the mode cannot do without something that the template does not lead to.
    """
    from timepoint_pro.modes.catalogue import derived_for

    name = mode or template.temporal.mode
    asked = {"temporal.backward_steps": steps, "temporal.path_count": paths}
    acts = {"temporal.backward_steps": ("portal",), "temporal.path_count": ("portal", "branching")}
    wanted = {key: value for key, value in asked.items() if value is not None}
    for key in wanted:
        if name not in acts[key]:
            option = "--backward-steps" if key.endswith("steps") else "--paths"
            modes = " and ".join(acts[key])
            raise click.UsageError(f"{option} acts in {modes} mode, and this is {name}; give --mode too")
    if name == "branching" and paths is not None and template.branching_points:
        warn("--paths has no effect: the template names its branches, metadata.branching_points")
    if not wanted and name == template.temporal.mode:
        return template
    own = {**derived_for(template, name), **wanted}
    if tell and mode is not None:
        for key, value in own.items():
            if key not in wanted and not key.startswith("metadata.facts"):
                say(f"{name} mode takes from the template: {key} = {_plainly(value)}", err=True)
    return template.with_changes({"temporal.mode": name, **own})


def _plainly(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _suspect(template: Template) -> None:
    """Warn of keys that nothing reads and that are spelled almost like one that is read."""
    for item in template.unread:
        if item.nearest:
            warn(f"{template.id}: {item.path} is read by nothing; did you mean {item.nearest!r}?")


def _spoken(simulation: Simulation) -> None:
    """Warn where people would speak another language than English and the built-in model speaks for them."""
    from timepoint_pro.llm.scripted import NAME
    from timepoint_pro.records.language import is_english

    language = simulation.template.spoken_language
    if NAME in simulation.assignment.models and not is_english(language):
        warn(
            f"{simulation.template.id} is in {language}: the built-in model speaks English sentences and says names, "
            "facts and courses as they stand; choose a text model with --model to have it spoken throughout"
        )


def judge(simulation: Simulation) -> None:
    """Warn of a model that does not suit what is asked: of its licence for training data, or of its language."""
    template = simulation.template
    _spoken(simulation)
    if not (template.llm_config.for_training_data or template.outputs.export_ml_dataset):
        return
    from timepoint_pro.llm.registry import load_registry

    registry = load_registry()
    for model in simulation.assignment.models:
        if not registry.training_safe((model,)):
            entry = registry.find(model)
            verdict = entry.training_verdict if entry is not None else "not training-safe: its licence is unknown"
            warn(f"{model} is {verdict}; records of its words will say training_safe: false")
