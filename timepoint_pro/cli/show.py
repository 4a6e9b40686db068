"""``timepoint show``: the scenes of a run as dialogue, and who knows what, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from timepoint_pro.cli.console import PROSE, page_width, say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs, run_argument
from timepoint_pro.errors import UsageError

if TYPE_CHECKING:
    from timepoint_pro.mechanisms.expansion import SubMoment
    from timepoint_pro.reading.values import SpokenTurn
    from timepoint_pro.run import Run

LEGEND = (
    "After each name, in brackets: valence (-1 to 1), arousal (0 to 1) and energy (0 to 100) just before the turn; "
    "what the turn does, and how it argues."
)


@click.command("show")
@run_argument
@click.option("--timepoint", metavar="ID", help="Only this moment; with the questions below: as of its end.")
@click.option(
    "--knowledge", metavar="ENTITY",
    help="Everything that somebody (an id or a name) knows, since when and from whom.",
)  # fmt: skip
@click.option(
    "--why", nargs=2, metavar="ENTITY ITEM",
    help="How somebody came to know something, back to its roots. ITEM is an id, a handle, or words from it.",
)  # fmt: skip
@click.option("--who", metavar="ITEM", help="Who knows something, in the order in which they came to.")
@click.option("--expand", metavar="ID", help="Open a timepoint into its sub-moments, from arrival to aftermath.")
@db_option
@json_option
def command(
    run_id: str,
    timepoint: str | None,
    knowledge: str | None,
    why: tuple[str, str] | None,
    who: str | None,
    expand: str | None,
    db: Path,
    as_json: bool,
) -> None:
    """Read the scenes of a run: who said what to whom, how they felt, how they argued, what they let out.

    RUN is a run's id, or 'last' for the newest. Beside each name stand valence (-1 to 1), arousal (0 to 1)
    and energy (0 to 100) just before the turn, then what the turn does and by which tactic.

    \b
      timepoint show last
      timepoint show last --timepoint T2
      timepoint show last --knowledge Webb --timepoint T2
      timepoint show last --why Webb "the wet bed"
      timepoint show last --expand T2
    """
    if sum(one is not None for one in (knowledge, why, who, expand)) > 1:
        raise UsageError("--knowledge, --why, --who and --expand are different questions; ask one at a time")
    from timepoint_pro.cli import show_knowledge as questions

    with open_runs(db) as store:
        run = store.load(run_id)
        timepoint = run.timepoint(timepoint).id if timepoint is not None else None
        if knowledge is not None:
            answer, lines = questions.knowledge(run, knowledge, timepoint)
        elif why is not None:
            answer, lines = questions.why(run, *why, timepoint)
        elif who is not None:
            answer, lines = questions.who(run, who, timepoint)
        elif expand is not None:
            parts = run.expand(expand)
            answer, lines = {**_heading(run), "sub_moments": parts}, list(_parts(run, parts))
        else:
            scenes = list(_scenes(run, timepoint))
            answer, lines = {**_heading(run), "scenes": scenes}, list(_script(run, scenes))
    if as_json:
        write_json(answer)
        return
    for line in lines:
        say(line)


def _heading(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id, "template": run.template_id, "mode": run.mode, "seed": run.seed, "model": run.model,
        "status": run.status,
    }  # fmt: skip


def _scenes(run: Run, only: str | None) -> Iterator[dict[str, Any]]:
    """The moments in story order as plain data."""
    from timepoint_pro.modes.clock import Clock

    query = "SELECT timepoint_id, timestamp, scene, outcome FROM timepoints WHERE run_id = ?"
    rows = {row["timepoint_id"]: row for row in run.store.query(query, (run.run_id,))}
    dialogs = {dialog.timepoint_id: dialog.turns for dialog in run.dialogs}
    clock = Clock.of(run.template)
    for moment in run.timepoints:
        if only in (None, moment.id):
            row = rows[moment.id]
            setting = orjson.loads(row["scene"])
            yield {
                "timepoint": moment.id,
                "title": moment.title,
                "timestamp": row["timestamp"],
                "when": clock.stamp(moment.at),
                "place": setting["location"],
                **({"frame": setting["frame"]} if "frame" in setting else {}),
                "circumstance": moment.circumstance,
                "present": list(moment.present),
                "question": moment.question.text if moment.question is not None else "",
                "turns": [_turn(turn) for turn in dialogs.get(moment.id, ())],
                "ending": row["outcome"],
                "ending_words": moment.ending(row["outcome"]),
            }


def _turn(turn: SpokenTurn) -> dict[str, Any]:
    return {
        "turn": turn.turn_id, "speaker": turn.speaker, "addressed_to": list(turn.addressed_to),
        "content": turn.content, "timestamp": turn.timestamp, "tone": turn.tone, "act": turn.act,
        "tactic": turn.tactic, "option": turn.option, "uptake": turn.uptake, "shared": list(turn.shared),
        "valence": turn.valence, "arousal": turn.arousal, "energy": turn.energy, "model": turn.model,
    }  # fmt: skip


def _script(run: Run, scenes: list[dict[str, Any]]) -> Iterator[str]:
    names = {one.id: one.name for one in run.entities}
    yield f"{run.template_id}: {run.mode}, seed {run.seed}, model {run.model}, {run.status}"
    width = page_width(PROSE)
    if any(scene["turns"] for scene in scenes):
        yield from textwrap.wrap(LEGEND, width)
    for scene in scenes:
        yield ""
        yield f"{scene['timepoint']}  {scene['title']}".rstrip()
        place = f"; {scene['place']}" if scene["place"] else ""
        there = f"{scene['when']}{place}; {', '.join(_named(scene['present'], names))}"
        yield from textwrap.wrap(there, width, subsequent_indent="  ")
        if "frame" in scene:
            yield from textwrap.wrap(scene["frame"]["words"], width)
        yield from textwrap.wrap(scene["circumstance"], width)
        if scene["question"]:
            yield from textwrap.wrap(f"To settle: {scene['question']}", width)
        for turn in scene["turns"]:
            yield ""
            yield from _spoken(run, turn, names, width)
        yield ""
        yield from textwrap.wrap(f"({scene['ending_words']})", width)


def _parts(run: Run, parts: Iterable[SubMoment]) -> Iterator[str]:
    names = {one.id: one.name for one in run.entities}
    legend = "Who felt how at the start of each part: [valence -1 to 1, arousal 0 to 1]. Hours are story time."
    yield from textwrap.wrap(legend, page_width(PROSE))
    for part in parts:
        turns = f"{part.turns[0]} to {part.turns[-1]}" if part.turns else "nothing is said"
        yield f"{part.id}  hour {part.at:.2f}; {turns}{'; feelings between fixed scenes' if part.drawn else ''}"
        for name, valence, arousal in part.feelings:
            yield f"    {names[name]}  [{valence:+.2f} {arousal:.2f}]"


def _spoken(run: Run, turn: dict[str, Any], names: Mapping[str, str], width: int) -> Iterator[str]:
    to = f" to {', '.join(_named(turn['addressed_to'], names))}" if turn["addressed_to"] else ""
    state = f"{turn['valence']:+.2f} {turn['arousal']:.2f} {turn['energy']:.0f}"
    tactic = turn["tactic"].replace("_", " ")
    yield f"{names[turn['speaker']]}{to}  [{state}; {turn['act']}, {tactic}]"
    yield from textwrap.wrap(turn["content"], width, initial_indent="    ", subsequent_indent="    ")
    shared = [run.items[one].handle or run.items[one].content for one in turn["shared"]]
    if shared:
        told = f"tells: {'; '.join(shared)}"
        yield from textwrap.wrap(told, width, initial_indent="    > ", subsequent_indent="      ")


def _named(ids: list[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(one, one) for one in ids]
