"""What does each mechanism do? The same template and seed, played with it and without it.

Two runs share every random number that the mechanism does not draw itself, so that what differs between them comes
from it. Where others cannot do without it, "off" is its neutral form (``mechanisms.neutral``). Everything compared is
read back from the two logs; at the first difference in a prompt, both sides are quoted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import frozen

from timepoint_pro.errors import MechanismError, UnknownNameError, UsageError
from timepoint_pro.evaluation.playback import Condition, Playback, play_back
from timepoint_pro.exporters import training_examples
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.mechanisms.catalogue import BUILT_IN, built_in
from timepoint_pro.mechanisms.neutral import meaning

if TYPE_CHECKING:
    from timepoint_pro.run import Run
    from timepoint_pro.templates import Template

ACTING = tuple(code for code in BUILT_IN if code != "M12")
"""Codes of the mechanisms that act on the world by themselves."""

RUN_ID = "ablation"
"""Both runs bear it, so that their records differ by what is in them only."""

QUOTED = 160
QUANTITIES = ("valence", "arousal", "energy", "trust", "capacity", "anxiety")

NOTHING = Playback({}, {}, {}, {})
"""What is played where a template cannot be played at all."""

K = TypeVar("K")
V = TypeVar("V")


@frozen
class Change:
    """One kind of thing on both sides.

    Args:
        on: how many there are with the mechanism.
        off: how many without.
        differing: how many are on one side only, or not the same on both.
        size_on: characters with the mechanism; 0 where size says nothing (states).
        size_off: characters without.
    """

    on: int
    off: int
    differing: int
    size_on: int = 0
    size_off: int = 0

    @property
    def share(self) -> float:
        """Share that differs, in [0, 1]."""
        return self.differing / max(1, self.on, self.off, self.differing)

    def __str__(self) -> str:
        return f"{self.differing}/{max(self.on, self.off, self.differing)}"


@frozen
class Effect:
    """What one mechanism does to a run.

    Args:
        code: its code.
        name: the field's term.
        off: what "off" means, in words.
        states: of those present at the end of each moment: feelings, energy, trust, capacity, anxiety, level, items.
        prompts: of the dialog, refused attempts included.
        turns: what was said.
        records: training records of every task.
        entries: log entries of its own, with it on.
        moved: mean absolute difference of each of ``QUANTITIES``, and of the number of items held, where both have
            the state.
        first: where prompts part, as ``"T1.4"``; the first differing turn or record where no prompt does; or empty.
        example: the first differing line there, (on, off).
        stopped: why nothing can be played without it, in words; empty where it can.
    """

    code: str
    name: str
    off: str
    states: Change
    prompts: Change
    turns: Change
    records: Change
    entries: int
    moved: Mapping[str, float]
    first: str
    example: tuple[str, str]
    stopped: str = ""

    @property
    def changed(self) -> tuple[str, ...]:
        """Which of states, prompts, turns, records and log it changes."""
        kinds = ("states", "prompts", "turns", "records")
        found = [kind for kind in kinds if getattr(self, kind).differing]
        return (*found, *(["log"] if self.entries else []))


@frozen
class Ablation:
    """Effects of several mechanisms on one template.

    Args:
        template: id.
        seed: of all runs.
        moments: played with all mechanisms.
        turns: spoken with all.
        effects: in order of code.
    """

    template: str
    seed: int
    moments: int
    turns: int
    effects: tuple[Effect, ...]

    def __getitem__(self, code: str) -> Effect:
        for one in self.effects:
            if one.code == code:
                return one
        raise UnknownNameError("mechanism in this ablation", code, [one.code for one in self.effects])

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        from attrs import asdict

        effects = [{**asdict(one), "changed": list(one.changed)} for one in self.effects]
        return {"template": self.template, "seed": self.seed, "moments": self.moments, "turns": self.turns,
                "effects": effects}  # fmt: skip


def ablate(
    template: Template | str,
    codes: Iterable[str] = (),
    *,
    seed: int = 0,
    listener: Callable[[str], None] | None = None,
    **arguments: Any,
) -> Ablation:
    """Play ``template`` with all mechanisms, then without each of ``codes``, and compare.

    Args:
        template: a ``Template``, or the name of a shipped one or path of a file.
        codes: of mechanisms to leave out, one at a time; by default the thirteen that act (``ACTING``), and those of
            ``mechanisms=``.
        seed: of all runs.
        listener: is told the code before each run, an empty one before the first.
        arguments: as for ``Simulation``; ``model`` is ``"scripted"`` where it is not given. Runs are kept nowhere.

    Raises:
        UnknownNameError: for a code that is not there.
        UsageError: for M12, M17 and M18, which ``baselines`` compares with something else than their absence.
        TemplateError: when the template cannot be used.
    """
    own = tuple(arguments.pop("mechanisms", ()))
    names = {one.spec.code: one.spec.name for one in (*built_in(), *own)}
    chosen = _checked(codes, names) or (*ACTING, *(code for code in names if code not in BUILT_IN))

    def played(without: Sequence[str]) -> Run:
        if listener is not None:
            listener("".join(without))
        return play(template, seed=seed, mechanisms=own, without=without, **arguments)

    whole = played(())
    before, records = play_back(whole), _records(whole)
    effects = []
    for code in chosen:
        try:
            run = played((code,))
        except MechanismError as stop:
            effects.append(_effect(code, names[code], before, NOTHING, records, {}, str(stop)))
            continue
        effects.append(_effect(code, names[code], before, play_back(run), records, _records(run)))
    return Ablation(whole.template_id, seed, len(whole.timepoints), whole.turns, tuple(effects))


def play(template: Template | str, **arguments: Any) -> Run:
    """A run for comparison: kept nowhere, with the built-in model unless another is named."""
    from timepoint_pro.simulation import Simulation

    arguments.setdefault("model", "scripted")
    made = Simulation.from_template if isinstance(template, str) else Simulation
    return made(template, store=":memory:", run_id=RUN_ID, **arguments).run()  # type: ignore[arg-type]


def _checked(codes: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(codes))
    for code in chosen:
        if code in ("M12", "M17", "M18"):
            raise UsageError(f"{code} is not left out but compared with a baseline: baselines(), or 'timepoint ablate'")
        if code not in names:
            raise UnknownNameError("mechanism", code, names)
    return chosen


def _records(run: Run) -> dict[str, str]:
    """Prompt and completion of every training record, by its id; ids that repeat are numbered."""
    found: dict[str, str] = {}
    for number, record in enumerate(training_examples(run, TASKS)):
        metadata = record["metadata"]
        key = str(metadata.get("record_id", number))
        found[key] = f"{record['prompt']}\n---\n{record['completion']}"
    return found


def _effect(
    code: str, name: str, on: Playback, off: Playback, records_on: Mapping[str, str],
    records_off: Mapping[str, str], stopped: str = "",
) -> Effect:
    first, example = _first_difference(on, off, records_on, records_off)
    return Effect(
        code, name, meaning(code),
        states=_change(on.conditions, off.conditions, None),
        prompts=_change(on.prompts, off.prompts, len),
        turns=_change(on.turns, off.turns, _said),
        records=_change(records_on, records_off, len),
        entries=on.entries.get(code, 0),
        moved=_moved(on.conditions, off.conditions),
        first=first,
        example=example,
        stopped=stopped,
    )  # fmt: skip


def _change(on: Mapping[K, V], off: Mapping[K, V], size: Callable[[V], int] | None) -> Change:
    differing = sum(1 for key in {**on, **off} if key not in on or key not in off or on[key] != off[key])
    sizes = (0, 0) if size is None else (sum(map(size, on.values())), sum(map(size, off.values())))
    return Change(len(on), len(off), differing, *sizes)


def _said(turn: tuple[str, str]) -> int:
    return len(turn[1])


def _moved(on: Mapping[K, Condition], off: Mapping[K, Condition]) -> dict[str, float]:
    pairs = [(one, off[key]) for key, one in on.items() if key in off]
    if not pairs:
        return {}
    moved = {
        name: math.fsum(abs(getattr(one, name) - getattr(other, name)) for one, other in pairs) / len(pairs)
        for name in QUANTITIES
    }
    moved["items"] = sum(len(one.held ^ other.held) for one, other in pairs) / len(pairs)
    return {name: round(value, 4) for name, value in moved.items()}


def _first_difference(
    on: Playback, off: Playback, records_on: Mapping[str, str], records_off: Mapping[str, str]
) -> tuple[str, tuple[str, str]]:
    """The first place at which prompts, else turns, else records differ, with the first differing line."""
    for (turn, attempt), text in on.prompts.items():
        other = off.prompts.get((turn, attempt))
        if other is not None and text != other:
            return turn, _lines(text, other)
    for turn, said in on.turns.items():
        if turn in off.turns and off.turns[turn] != said:
            return turn, (_short(": ".join(said)), _short(": ".join(off.turns[turn])))
    for key, text in records_on.items():
        if records_off.get(key) != text:
            return key.partition(":")[2], _lines(text, records_off.get(key, ""))
    return "", ("", "")


def _lines(one: str, other: str) -> tuple[str, str]:
    """The first line that only one side has, and the first that only the other has."""
    ours, theirs = one.split("\n"), other.split("\n")
    return _short(next(_without(ours, theirs), "")), _short(next(_without(theirs, ours), ""))


def _without(lines: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    known = frozenset(others)
    return (line for line in lines if line not in known)


def _short(line: str) -> str:
    return line if len(line) <= QUOTED else f"{line[: QUOTED - 3]}..."
