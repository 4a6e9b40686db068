"""What a training task yields: a prompt in sections, the completion, the metadata and the lineage."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Literal, NamedTuple

from attrs import frozen

from timepoint_pro.exporters.tasks.wording import defused

Feature = str | list["Feature"] | dict[str, "Feature"]
"""Type of a column: the name of a scalar type, a list with the type of its elements, or a dict of columns."""

STRING, INTEGER, FLOAT, BOOLEAN = "string", "int64", "float64", "bool"

METADATA: Mapping[str, Feature] = {
    "timepoint_id": STRING,
    "speaker": STRING,
    "archetype": STRING,
    "mechanism": STRING,
    "mechanisms": [STRING],
    "temporal_mode": STRING,
    "emotional_valence": FLOAT,
    "emotional_arousal": FLOAT,
    "energy_budget": FLOAT,
    "training_safe": BOOLEAN,
    "run_id": STRING,
    "turn_id": STRING,
    "model": STRING,
    "license": STRING,
    "task": STRING,
    "record_id": STRING,
    "act": STRING,
    "tactic": STRING,
    "tone": STRING,
    "uptake": STRING,
    "addressed_to": [STRING],
    "knowledge_shared": [STRING],
    "frame": STRING,
    "path_id": STRING,
    "template": STRING,
    "seed": INTEGER,
}
"""The metadata of every record of every task: each key always present, each of one type.

No column holds times: Arrow's JSON reader takes a column of ISO 8601 texts for timestamps and writes them otherwise.
They stand in the provenance.
"""


class Section(NamedTuple):
    """One part of a prompt: ``head``, then the items joined by ``joint``, then ``end``.

    A named tuple, since a record is made of some ten and a frozen class takes twice as long to make.

    Args:
        role: ``"system"`` for who the speaker is and in which state, ``"user"`` for what lies before them.
        head, joint, end: words around and between the items.
        items: what is listed; a section that lost all of its items disappears.
        drops: indexes of the items that a limit may drop, in the order in which they go.
        rank: sections of lower rank lose items first.
    """

    role: Literal["system", "user"]
    head: str
    items: tuple[str, ...] = ()
    joint: str = ", "
    end: str = ""
    drops: tuple[int, ...] = ()
    rank: int = 0

    def text(self) -> str:
        """The section in words."""
        head, items = self.head, self.items
        return f"{head}{self.joint.join(items)}{self.end}" if items else f"{head}{self.end}"

    def without(self, gone: Set[int]) -> Section | None:
        """The section without these of its items; None when none is left."""
        kept = tuple(item for index, item in enumerate(self.items) if index not in gone)
        return self._replace(items=kept, drops=()) if kept else None


@frozen
class Example:
    """One training record before it takes the shape of a trainer format.

    Args:
        record_id: unique in the dataset.
        sections: the prompt, in order.
        completion: what the model is to learn.
        metadata: under the schema ``METADATA``.
        lineage: where all of it comes from; one line of ``provenance.jsonl``.
        rejected: a worse answer to the same prompt, for preference pairs; empty where there is none.
    """

    record_id: str
    sections: tuple[Section, ...]
    completion: str
    metadata: dict[str, Any]
    lineage: dict[str, Any]
    rejected: str = ""

    def prompt(self, joint: str = " ", role: str | None = None) -> str:
        """The prompt in words, its sections joined by ``joint``; those of ``role`` only, where one is given."""
        return defused(
            joint.join([section.text() for section in self.sections if role is None or section.role == role])
        )

    @property
    def answer(self) -> str:
        """The completion as a file shows it."""
        return defused(self.completion)
