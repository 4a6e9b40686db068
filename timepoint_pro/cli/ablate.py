"""``timepoint ablate``: what does each mechanism do?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, table, write_json
from timepoint_pro.cli.options import json_option, model_options
from timepoint_pro.templates.vocabulary import MODES

if TYPE_CHECKING:
    from timepoint_pro.evaluation.ablation import Ablation, Effect
    from timepoint_pro.evaluation.baselines import Baseline


@click.command("ablate")
@click.argument("template", metavar="TEMPLATE")
@click.option(
    "--without", multiple=True, metavar="CODE", help="This mechanism only (M8 ...); can be repeated. By default, all."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of every run.")
@click.option("--mode", type=click.Choice(MODES), help="Kind of time, instead of the template's.")
@click.option("--resolution", is_flag=True, help="Instead: with M5 and with everybody at 'trained', tokens and audit.")
@model_options
@json_option
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    template: str,
    without: tuple[str, ...],
    seed: int,
    mode: str | None,
    resolution: bool,
    model: str | None,
    base_url: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Play TEMPLATE with and without each mechanism, same seed, and say what it changes.

    TEMPLATE is as for 'timepoint run'. The built-in model speaks unless --model names another; the runs are kept
    nowhere. M12, M17 and M18 are compared with a baseline instead.

    \b
      timepoint ablate hospital_crisis
      timepoint ablate hospital_crisis --without M8 --without M14 --seed 7
      timepoint ablate castaway_colony_branching --resolution
    """
    from timepoint_pro.evaluation.ablation import ablate
    from timepoint_pro.evaluation.baselines import COMPARED, baselines
    from timepoint_pro.templates import load

    load(template)  # one that is not there is told before anything is said to be played
    if resolution and without:
        raise click.UsageError("--resolution compares M5 with one level for all: it takes no --without")
    given = {"mode": mode, "base_url": base_url, **({} if model is None else {"model": model})}
    beside = tuple(code for code in COMPARED if not without or code in without)
    acting = tuple(code for code in without if code not in COMPARED)

    def progress(code: str) -> None:
        if not quiet:
            say(f"playing {template}{f' without {code}' if code else ''}", err=True)

    if resolution:
        _resolved(template, as_json=as_json, seed=seed, **given)
        return
    found = ablate(template, acting, seed=seed, listener=progress, **given) if acting or not without else None
    compared = baselines(template, beside, seed=seed, **given) if beside else ()
    if as_json:
        write_json({"ablation": found and found.to_dict(), "baselines": compared})
        return
    if found is not None:
        _show(found, detailed=bool(without))
    for one in compared:
        _show_baseline(one)


def _resolved(template: str, *, as_json: bool, **given: Any) -> None:
    from timepoint_pro.evaluation.ablation import play
    from timepoint_pro.evaluation.resolution import compare_with_uniform

    found = compare_with_uniform(play(template, **given))
    if as_json:
        write_json({"resolution": found, "saved": found.saved})
        return
    say(f"{template}: levels by need take {found.run.tokens} prompt tokens, everybody at {found.level} "
        f"{found.uniform.tokens}: {found.saved:.1%} saved")
    sides = (found.run, found.uniform)
    rows = [("turns", *(str(one.turns) for one in sides))]
    rows += [("tokens a turn", *(f"{one.tokens / max(1, one.turns):.0f}" for one in sides))]
    rows += [("longest prompt, tokens", *(str(one.longest) for one in sides))]
    rows += [(name, f"{value:.3f}", f"{found.uniform.audit.get(name, 0.0):.3f}")
             for name, value in found.run.audit.items()]
    table(("audit", "by need", found.level), rows)


def _show(found: Ablation, *, detailed: bool) -> None:
    say(f"{found.template}, seed {found.seed}: {found.moments} moments, {found.turns} turns with all mechanisms")
    say("Differing of all, with the mechanism against without; mean change of valence, arousal, energy, trust, items")
    say()
    headings = ("code", "mechanism", "states", "prompts", "turns", "records", "log", "dV", "dA", "dE", "dT", "dK",
                "first")  # fmt: skip
    table(headings, [_row(one) for one in found.effects])
    for one in found.effects:
        say()
        _show_effect(one, detailed=detailed)


def _row(one: Effect) -> list[str]:
    moved = [one.moved.get(name, 0.0) for name in ("valence", "arousal", "energy", "trust", "items")]
    changes = [str(kind) for kind in (one.states, one.prompts, one.turns, one.records)]
    return [one.code, one.name, *changes, str(one.entries), *(f"{value:.2f}" for value in moved), one.first or "-"]


def _show_effect(one: Effect, *, detailed: bool) -> None:
    say(f"{one.code} {one.name}. Off: {one.off}")
    if one.stopped:
        say(f"  without it the run stops: {one.stopped}")
    elif one.first:
        say(f"  on   {one.example[0] or '(no such line)'}")
        say(f"  off  {one.example[1] or '(no such line)'}")
    elif one.entries:
        say(f"  {one.entries} entries in the log and what is read from them; nothing that was said or felt")
    else:
        say("  nothing in this template calls for it")
    if detailed:
        prompts, turns, records = one.prompts, one.turns, one.records
        say(f"  characters on/off: prompts {prompts.size_on}/{prompts.size_off}, turns {turns.size_on}/"
            f"{turns.size_off}, records {records.size_on}/{records.size_off}; capacity moved by "
            f"{one.moved.get('capacity', 0.0):.3f}, anxiety by {one.moved.get('anxiety', 0.0):.3f}")


def _show_baseline(one: Baseline) -> None:
    say()
    say(f"{one.code} {one.name}, beside {one.against}")
    if one.note:
        say(f"  {one.note}")
    if one.rows:
        table(("", one.code, "baseline"), [(f"  {row.quantity}", row.with_it, row.baseline) for row in one.rows])
