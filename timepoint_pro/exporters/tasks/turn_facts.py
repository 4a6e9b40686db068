"""What stands beside a turn's prompt and completion: its metadata and its lineage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field
from orjson import Fragment

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.lookups import Person
from timepoint_pro.exporters.tasks.turns import Moment, Told
from timepoint_pro.exporters.tasks.wording import sentence
from timepoint_pro.llm.registry import load_registry
from timepoint_pro.mechanisms.catalogue import BUILT_IN
from timepoint_pro.prompts.actions import ActionType

TASK = "dialog_turn"
ALWAYS = ("M6", "M10", "M11", "M14", "M18")
"""Mechanisms whose work stands in every record: feeling, the room, the turn, the hour, the model."""

OURS = frozenset((*BUILT_IN, "M17", "M18"))


@define(slots=False)
class TurnFacts:
    """Makes metadata and lineage; holds what does not change in a run."""

    source: Source
    _codes: dict[tuple[Any, ...], list[str]] = field(factory=dict, init=False)
    _licences: dict[tuple[str, ...], tuple[list[dict[str, str]], bool]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        row = self.source.row
        self._registry = load_registry()
        self._mode, self._template, self._seed = row["temporal_mode"], row["template"], row["seed"]
        self._constant = {
            "temporal_mode": self._mode,
            "template": self._template,
            "template_sha256": self.source.template_sha256,
            "seed": self._seed,
            "generator": row["generator"],
        }

    def record_id(self, told: Told) -> str:
        """Id of a turn's record, unique in the dataset."""
        return f"{self.source.run_id}:{TASK}:{told.row['turn_id']}"

    def metadata(self, told: Told, speaker: Person, frame: str) -> dict[str, Any]:
        """The metadata of a turn's record, under the schema ``example.METADATA``."""
        row, moment = told.row, told.moment
        return {
            "timepoint_id": moment.id,
            "speaker": speaker.id,
            "archetype": speaker.archetype,
            "mechanism": "M11",
            "mechanisms": self._mechanisms(told, frame),
            "temporal_mode": self._mode,
            "emotional_valence": row["emotional_valence"] + 0.0,
            "emotional_arousal": row["emotional_arousal"] + 0.0,
            "energy_budget": row["energy_budget"] + 0.0,
            "training_safe": self._voices(told.voices)[1],
            "run_id": self.source.run_id,
            "turn_id": row["turn_id"],
            "model": row["model"],
            "license": self._registry.license_of(row["model"]),
            "task": TASK,
            "record_id": self.record_id(told),
            "act": row["act"],
            "tactic": row["tactic"],
            "tone": row["emotional_tone"],
            "uptake": row["uptake"],
            "addressed_to": told.addressed,
            "knowledge_shared": told.shared,
            "frame": frame,
            "path_id": moment.path_id,
            "template": self._template,
            "seed": self._seed,
        }

    def _mechanisms(self, told: Told, frame: str) -> list[str]:
        """Codes of the mechanisms that acted in the run and whose work stands in this record, in their order."""
        context = told.context
        _withheld, suppressed, fears, rumination, body = context["inner"]
        there = (
            told.mechanisms,
            bool(context["knows"]),
            bool(context["history"]),
            context["feeling"][3] < 1.0 or bool(body),
            bool(context["ties"]),
            bool(suppressed or fears or rumination),
            bool(told.moment.circumstance or frame),
            told.row["action"] == ActionType.ANIMISTIC_BEHAVIOR,
        )
        codes = self._codes.get(there)
        if codes is None:
            conditional = zip(("M3", "M7", "M8", "M13", "M15", "M17", "M16"), there[1:], strict=True)
            entered = {*ALWAYS, *told.mechanisms, *(code for code, is_there in conditional if is_there)}
            acted = self.source.mechanisms
            # What a user's own mechanism moved may stand in any record of the run: nobody can say that it does not.
            codes = self._codes[there] = [code for code in acted if code in entered or code not in OURS]
        return codes

    def _voices(self, models: tuple[str, ...]) -> tuple[list[dict[str, str]], bool]:
        """The models with their licences, and whether all of them admit training."""
        known = self._licences.get(models)
        if known is None:
            shown = [{"model": model, "license": self._registry.license_of(model)} for model in models]
            known = self._licences[models] = shown, self._registry.training_safe(models)
        return known

    def lineage(self, told: Told, exposures: Sequence[Fragment], heard: list[str]) -> dict[str, Any]:
        """Where a turn's record comes from.

        Args:
            told: the turn.
            exposures: those that the knowledge in the prompt is from.
            heard: ids of the turns that the prompt repeats.
        """
        row = told.row
        models, safe = self._voices(told.voices)
        return {
            "record_id": self.record_id(told),
            "task": TASK,
            "run_id": self.source.run_id,
            "timepoint_id": told.moment.id,
            "turn_id": row["turn_id"],
            "timestamp": row["timestamp"],
            "events": told.events,
            "exposures": exposures,
            "heard": heard,
            "model_call": {
                "key": row["call_key"], "action": row["action"], "model": row["model"],
                "license": self._registry.license_of(row["model"]),
                "tokens_in": row["tokens_in"], "tokens_out": row["tokens_out"],
                "cost_usd": row["cost_usd"], "cost_source": row["cost_source"], "attempts": row["attempts"],
            },
            "models": models,
            "training_safe": safe,
            **self._constant,
        }  # fmt: skip


def frame_words(source: Source, moment: Moment) -> str:
    """Where a moment stands in its mode, as a sentence: of a portal it names the outcome; else as it was recorded."""
    if source.row["temporal_mode"] != "portal":
        return moment.frame
    from timepoint_pro.modes.portal import position
    from timepoint_pro.records.timepoint import Timepoint

    at = Timepoint(moment.id, moment.id.partition(":")[0], moment.index, 0.0)
    return f"Portal mode: {sentence(position(at, source.template))}"
