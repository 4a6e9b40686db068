"""What all records of the task ``backward_causal`` share: the run that they are read from, the story, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import Annotator
from timepoint_pro.exporters.tasks.causal_words import INTRODUCED
from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import sentence


@define(slots=False)
class Backward:
    """Makes records that go back from an outcome."""

    source: Source
    notes: Annotator
    lookups: Lookups

    @property
    def is_portal(self) -> bool:
        """Whether the moments were supposed by a search before any was played."""
        return bool(self.source.row["temporal_mode"] == "portal")

    def example(
        self, key: str, kind: str, outcome: str, user: Sequence[str | Section], completion: str, **more: Any
    ) -> Example:
        """One record: the story, the outcome, then the rest of the prompt; empty parts are left out."""
        sections = (
            Section("system", pick(INTRODUCED[kind], key, "who")),
            Section("user", f"Story: {sentence(self.source.row['scenario'])}"),
            Section("user", outcome),
            *(one if isinstance(one, Section) else Section("user", one) for one in user if one),
        )
        return self.notes.example(key, sections, completion, act=kind, **more)
