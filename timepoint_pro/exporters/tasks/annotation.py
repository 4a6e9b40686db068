"""Metadata and lineage of records whose words the library puts together itself: all tasks but ``dialog_turn``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from orjson import Fragment

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Person
from timepoint_pro.llm.model_entry import SCRIPTED
from timepoint_pro.llm.registry import load_registry

State = tuple[float, float, float]
NOBODY = Person("", "", "", "", "", {})
NEUTRAL: State = (0.0, 0.0, 0.0)


@frozen
class Place:
    """Where in the story a record belongs. What does not apply stays empty."""

    timepoint_id: str = ""
    path_id: str = ""
    turn_id: str = ""
    timestamp: str = ""


NOWHERE = Place()


class Annotator:
    """Puts examples of one task and run together.

    The library words these completions by rules, so their ``model`` is the built-in one. Any model of the run may
    have written something that they quote: ``training_safe`` asks the licence of every one of them.

    Args:
        source: the run.
        task: name of the task.
        mechanism: code of the mechanism that the task is about.
        entered: codes whose work can stand in a record of the task.
        also: models of other runs whose text can.
    """

    def __init__(
        self, source: Source, task: str, mechanism: str, entered: Iterable[str], also: Iterable[str] = ()
    ) -> None:
        self.source, self.task = source, task
        row, registry = source.row, load_registry()
        voices = sorted({*source.models, *also, SCRIPTED})
        self._models = [{"model": one, "license": registry.license_of(one)} for one in voices]
        self._safe = registry.training_safe(voices)
        wanted = {mechanism, *entered}
        self._task = {
            "mechanism": mechanism,
            "mechanisms": [one for one in source.mechanisms if one in wanted],
            "temporal_mode": row["temporal_mode"],
            "training_safe": self._safe,
            "run_id": source.run_id,
            "model": SCRIPTED,
            "license": registry.license_of(SCRIPTED),
            "task": task,
            "template": row["template"],
            "seed": row["seed"],
        }
        self._origin = {
            "temporal_mode": row["temporal_mode"],
            "template": row["template"],
            "template_sha256": source.template_sha256,
            "seed": row["seed"],
            "generator": row["generator"],
        }

    def record_id(self, key: str) -> str:
        """Id of a record of this run and task; ``key`` is unique among them."""
        return f"{self.source.run_id}:{self.task}:{key}"

    def example(
        self,
        key: str,
        sections: Sequence[Section | None],
        completion: str,
        *,
        place: Place = NOWHERE,
        person: Person = NOBODY,
        state: State = NEUTRAL,
        act: str = "",
        tactic: str = "",
        tone: str = "",
        addressed_to: Sequence[str] = (),
        items: Sequence[str] = (),
        frame: str = "",
        events: Sequence[str] = (),
        exposures: Sequence[Mapping[str, Any] | Fragment] = (),
        heard: Sequence[str] = (),
        rejected: str = "",
    ) -> Example:
        """One training record.

        Args:
            key: unique among the records of this run and task.
            sections: the prompt; None is left out.
            completion: what the model is to learn.
            place, person: what it is about.
            state: the person's valence, arousal and energy in the prompt.
            act, tactic, tone: labels for the metadata; ``act`` is the kind of record within the task.
            addressed_to: entity ids.
            items: ids of what the completion tells.
            frame: the sentence of the prompt that names the outcome.
            events, exposures, heard: what it was made from: log entries, exposures, turns.
            rejected: the worse answer to the same prompt, for preference pairs.
        """
        record_id, own = self.record_id(key), self._task
        metadata = {
            "timepoint_id": place.timepoint_id, "speaker": person.id, "archetype": person.archetype,
            "mechanism": own["mechanism"], "mechanisms": own["mechanisms"], "temporal_mode": own["temporal_mode"],
            "emotional_valence": state[0] + 0.0, "emotional_arousal": state[1] + 0.0, "energy_budget": state[2] + 0.0,
            "training_safe": own["training_safe"], "run_id": own["run_id"], "turn_id": place.turn_id,
            "model": own["model"], "license": own["license"], "task": own["task"], "record_id": record_id,
            "act": act, "tactic": tactic, "tone": tone, "uptake": "", "addressed_to": list(addressed_to),
            "knowledge_shared": list(items), "frame": frame, "path_id": place.path_id,
            "template": own["template"], "seed": own["seed"],
        }  # fmt: skip
        lineage = {
            "record_id": record_id, "task": self.task, "run_id": own["run_id"], "timepoint_id": place.timepoint_id,
            "turn_id": place.turn_id, "timestamp": place.timestamp, "events": list(events),
            "exposures": list(exposures), "heard": list(heard), "model_call": None, "models": self._models,
            "training_safe": self._safe, **self._origin,
        }  # fmt: skip
        present = tuple([one for one in sections if one is not None])
        return Example(record_id, present, completion, metadata, lineage, rejected)
