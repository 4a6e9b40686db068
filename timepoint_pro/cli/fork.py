"""``timepoint fork``: a run again from one of its timepoints, with something otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, warn
from timepoint_pro.cli.options import db_option, max_cost_option, open_runs, output_options, run_argument

if TYPE_CHECKING:
    from timepoint_pro.mechanisms.interventions import Intervention
    from timepoint_pro.run import Run

WHERE = {"there": True, "absent": False}


@click.command("fork")
@run_argument
@click.option("--at", metavar="TIMEPOINT", help="Timepoint that begins otherwise, such as T3.")
@click.option(
    "--path", metavar="PATH", help="Portal: play another path of the search than the one that won, such as P2."
)
@click.option(
    "--decision", multiple=True, metavar="'WHO: WHAT'",
    help="WHO has decided: an option's id or label, or words such as 'delay the launch'.",
)
@click.option(
    "--state", multiple=True, metavar="'WHO: VALUES'",
    help="WHO feels like this: valence=-0.5 (-1 to 1), arousal=0.8 (0 to 1), energy=20 (0 to 100).",
)
@click.option(
    "--exposure", multiple=True, metavar="'WHO: WHAT'",
    help="WHO comes to know a fact (its id or handle) or a statement; '*' for everyone present.",
)
@click.option("--presence", multiple=True, metavar="'WHO: there|absent'", help="WHO is there, or is not.")
@click.option(
    "--relationship", multiple=True, metavar="'WHO/WHOM: VALUES'",
    help="How WHO stands to WHOM: trust=-0.5, affinity=0.2, power=0 (each -1 to 1).",
)
@click.option("--branch", default="", metavar="ID", help="Id of the branch (T3:ID); made from what is set by default.")
@click.option("--run-id", "fork_id", metavar="ID", help="Id of the new run; made up by default.")
@click.option(
    "--accept-changes", is_flag=True,
    help="Fork although mechanisms, prompts or the model have changed since RUN, and record it.",
)
@max_cost_option
@click.option("--without", multiple=True, metavar="CODE", help="Leave out a mechanism from here on; can be repeated.")
@output_options
@db_option
def command(
    run_id: str,
    at: str | None,
    path: str | None,
    branch: str,
    accept_changes: bool,
    max_cost: float | None,
    without: tuple[str, ...],
    db: Path,
    **given: Any,
) -> None:
    """Play RUN again from a timepoint, with something otherwise at its start (M12).

    RUN is a run's id, or 'last' for the newest. The new run shares all that came before, and draws the same random
    numbers; only what follows is played. The options that set something can be repeated and combined.

    \b
      timepoint fork last --at T1 --decision "Webb: wait"
      timepoint fork last --at T2 --state "Chen: energy=10" --presence "Webb: absent"
      timepoint fork last --path P2
    """
    from timepoint_pro.cli.playing import play
    from timepoint_pro.simulation import Simulation

    wanted = _interventions({kind: given.pop(kind) for kind in _MAKERS}, path)
    if path is not None and (at or branch):
        raise click.UsageError("--path plays a path from its origin; leave out --at and --branch")
    if path is None and at is None:
        raise click.UsageError("give --at, the timepoint that begins otherwise, or --path, a path to play")
    fork_id = given.pop("fork_id")
    with open_runs(db, writable=True) as store:
        parent = store.load(run_id)
        shared = {"accept_changes": accept_changes, "without": without, "max_cost_usd": max_cost}
        if path is not None:
            simulation = Simulation.realise(parent.run_id, store, path=path, realised_id=fork_id, **shared)
        else:
            assert at is not None
            simulation = Simulation.fork(
                parent.run_id, store, at=at, intervention=wanted, fork_id=fork_id, branch=branch, **shared
            )
        assert simulation.run_id is not None
        _tell_free_words(store.load(simulation.run_id), parent, at)
        play(simulation, db=db, hints="".join(f" --without {code}" for code in without), **given)
        if path is None and not (given["quiet"] or given["as_json"]):
            _compare(parent, store.load(simulation.run_id))


def _tell_free_words(fork: Run, parent: Run, at: str | None) -> None:
    """Warn of decisions in words that mean no option: they stand as they are, and may have been meant for one."""
    moment = parent.timepoint(at) if at is not None else None
    if moment is None or moment.question is None:
        return
    for one in (each for made in fork.interventions[-1:] for each in made.interventions):
        if one.kind == "decision" and not one.option:
            options = " / ".join(option.label for option in moment.question.options)
            warn(f"{one.words!r} is none of the options of {moment.id} ({options}); it is decided in these words")


def _interventions(given: dict[str, tuple[str, ...]], path: str | None) -> tuple[Intervention, ...]:
    """What the options set, kind by kind, in the order given; nothing where another ``path`` is played.

    Raises:
        click.UsageError: nothing is set, or something beside a path, or an option cannot be read.
    """
    if path is not None:
        if any(given.values()):
            raise click.UsageError("--path sets nothing otherwise; fork the new run after it is played")
        return ()
    wanted = []
    for kind, texts in given.items():
        for text in texts:
            who, colon, what = (part.strip() for part in text.partition(":"))
            if not (who and colon and what):
                raise click.UsageError(f"--{kind}: expected 'WHO: ...', found {text!r}")
            wanted.append(_MAKERS[kind](who, what))
    if not wanted:
        names = ", ".join(f"--{kind}" for kind in given)
        raise click.UsageError(f"nothing is set otherwise; give at least one of {names}, or --path")
    return tuple(wanted)


def _decision(who: str, what: str) -> Intervention:
    from timepoint_pro.mechanisms.interventions import Intervention

    return Intervention.decision(who, what)


def _exposure(who: str, what: str) -> Intervention:
    from timepoint_pro.mechanisms.interventions import Intervention

    return Intervention.exposure(who, what)


def _state(who: str, what: str) -> Intervention:
    from timepoint_pro.mechanisms.interventions import Intervention

    return Intervention.state(who, **_values("state", what, ("valence", "arousal", "energy")))


def _presence(who: str, what: str) -> Intervention:
    from timepoint_pro.mechanisms.interventions import Intervention

    if what not in WHERE:
        raise click.UsageError(f"--presence: expected 'there' or 'absent', found {what!r}")
    return Intervention.presence(who, WHERE[what])


def _relationship(who: str, what: str) -> Intervention:
    from timepoint_pro.mechanisms.interventions import Intervention

    one, slash, other = (part.strip() for part in who.partition("/"))
    if not (one and slash and other):
        raise click.UsageError(f"--relationship: expected 'WHO/WHOM: ...', found {who!r}")
    return Intervention.relationship(one, other, **_values("relationship", what, ("trust", "affinity", "power")))


def _values(kind: str, text: str, names: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _sign, number = (piece.strip() for piece in part.partition("="))
        try:
            found[name] = float(number)
        except ValueError:
            name = ""
        if name not in names:
            shown = ", ".join(f"{one}=NUMBER" for one in names)
            raise click.UsageError(f"--{kind}: expected {shown}, separated by commas, found {part.strip()!r}")
    return found


_MAKERS = {
    "decision": _decision, "state": _state, "exposure": _exposure, "presence": _presence,
    "relationship": _relationship,
}  # fmt: skip


def _compare(parent: Run, fork: Run) -> None:
    """What the intervention reached, and how it came out."""
    from timepoint_pro.evaluation.counterfactual import divergence

    found = divergence(parent, fork)
    names = {one.id: one.name for one in fork.entities}
    say()
    say(f"Against {parent.run_id}")
    say(f"  set otherwise   {found.label}")
    for one in found.cone.entities:
        say(f"  reached         {names[one.entity]}, {one.timepoint_id}: {one.how}")
    outside = [name for entity, name in names.items() if entity not in found.cone]
    if outside:
        say(f"  the same        {', '.join(outside)}")
    asked = {one.question.id: one.question for run in (parent, fork) for one in run.timepoints if one.question}
    for question, *options in found.decisions:
        before, after = (asked[question].label(one) or "left open" for one in options)
        say(f"  decided         {question}: {after}; instead of {before}")
    say(f"  knowledge       {len(found.learned)} things learned that were not, {len(found.missed)} missed")
