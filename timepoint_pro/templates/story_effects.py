"""What the keys of ``narrative_structure`` and ``cyclical_structure`` do: rows of pattern, effect, modes, needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, tuple[str, ...], Mapping[str, tuple[Any, ...]]]


NEEDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "carry_over": {"metadata.cyclical_structure.reset": (True,)},
    "layers": {"metadata.cyclical_structure.kind": ("composite",)},
}
"""What has to be so for a key, and those below it, to act."""


def _rows(prefix: str, mode: str, *rows: tuple[str, str]) -> tuple[Row, ...]:
    return tuple(
        (f"metadata.{prefix}.{name}", does, (mode,), NEEDS.get(name.partition(".")[0], {})) for name, does in rows
    )


NARRATIVE_KEYS: tuple[Row, ...] = _rows(
    "narrative_structure",
    "directorial",
    ("acts", "The acts in order; without them five: setup, rising, climax, falling, resolution."),
    ("acts.*.id", "Id of a listed act; in an object the key is the id."),
    ("acts.*.label", "Its name."),
    ("acts.*.moments", "How many moments it has; null: its share of those that the others leave."),
    ("acts.*.tension", "Tension at its end, as a share of `temporal.dramatic_tension`; null: the arc's."),
    ("acts.*.density", "How much happens in a scene: 6 to 18 turns; null: by its place."),
    ("acts.*.framing", "How many are in view: wide 6, medium 4, close 3; null: by its place."),
    ("acts.*.point_of_view", "An id, `omniscient` or `external`, for this act."),
    ("acts.*.description", "What it is about; told to the planner and the audience."),
    ("storylines", "Lines that run beside one another until the climax, where they meet."),
    ("storylines.*.id", "Id of a listed line; in an object the key is the id."),
    ("storylines.*.label", "Its name."),
    ("storylines.*.people", "Whom it follows: two or more."),
    ("storylines.*.questions", "Questions that belong to it; without them those that its people decide."),
    ("storylines.*.location", "Where its scenes are."),
    ("parallel", "Whether scenes of two lines without common people are at the same time."),
    ("point_of_view", "Through whom scenes are seen: an id, several by turns, `omniscient` or `external`."),
    ("audience_knows", "Ids of facts that the audience knows from the start."),
    ("tension", "The level of each moment by hand; the last one holds on."),
)

CYCLE_KEYS: tuple[Row, ...] = _rows(
    "cyclical_structure",
    "cyclical",
    ("kind", "repeating, spiral, causal_loop, oscillating or composite."),
    ("places", "The places of a cycle in order; without `temporal.cycle_length` their number is its length."),
    ("places.*.id", "Id of a listed place; in an object the key is the id."),
    ("places.*.label", "Its name."),
    ("places.*.circumstance", "What everyone present witnesses whenever it comes round."),
    ("places.*.location", "Where its scenes are."),
    ("layers", "The cycles of a composite one, the first of which sets the questions."),
    ("layers.*.id", "Id of a listed layer; in an object the key is the id."),
    ("layers.*.label", "Its name."),
    ("layers.*.kind", "Its kind: any but composite."),
    ("layers.*.length", "Its length in moments; its places, where it has any, take the length's place."),
    ("layers.*.places", "Its places."),
    ("layers.*.places.*.id", "Id of a listed place; in an object the key is the id."),
    ("layers.*.places.*.label", "Its name."),
    ("layers.*.places.*.circumstance", "What everyone present witnesses whenever it comes round."),
    ("layers.*.places.*.location", "Where its scenes are; the first layer that names one counts."),
    ("returns", "Questions that come again at their place: true for all, false, or ids."),
    ("variations", "What each cycle has of its own, one line a cycle, witnessed at its start."),
    ("escalation", "What each cycle adds to the importance of its moments; null: 0.15 in a spiral, else 0."),
    ("reset", "Whether each cycle begins from the world before the first, but for what is carried over."),
    ("carry_over", "Who carries what over a reset."),
    ("carry_over.knowledge", "Who remembers what was learned: true, false, or ids."),
    ("carry_over.feelings", "Who begins as they felt at the end."),
    ("carry_over.relationships", "Whose trust and liking stay."),
    ("prophecies", "What is foretold."),
    ("prophecies.*.id", "Id of a listed prophecy; in an object the key is the id."),
    ("prophecies.*.label", "A noun phrase for it; naming it counts as telling it."),
    ("prophecies.*.statement", "What is foretold, one whole sentence; without one it is not read."),
    ("prophecies.*.at", "Index of the moment at whose start it is spoken."),
    ("prophecies.*.spoken_by", "Who says it: an id, or a word for the channel."),
    ("prophecies.*.known_by", "Who hears it; `*` for everyone."),
    ("prophecies.*.topic", "One or two words."),
    ("prophecies.*.credence", "How surely they believe it."),
    ("prophecies.*.due", "Index of the moment at whose start it shows; null: the last."),
    ("prophecies.*.fulfilled_by", "`question/option` of the decision that would bring it about."),
    ("prophecies.*.averted_by", "`question/option` of the decision that would keep it off."),
    ("prophecies.*.comes_true", "Whether it comes true; null: by `temporal.prophecy_accuracy`."),
    ("prophecies.*.fulfilment", "What everyone witnesses when it comes true."),
    ("prophecies.*.subversion", "What everyone witnesses when it does not."),
    ("loops", "Later moments that are causes of earlier ones."),
    ("loops.*.id", "Id of a listed loop; in an object the key is the id."),
    ("loops.*.label", "A noun phrase for what goes round."),
    ("loops.*.statement", "What it says, one whole sentence; without one only the causes go round."),
    ("loops.*.sends", "Index of the later moment; null: the last."),
    ("loops.*.receives", "Index of the earlier moment."),
    ("loops.*.known_by", "Whom it reaches there; `*` for everyone."),
    ("loops.*.topic", "One or two words."),
    ("loops.*.sender", "Who sends it; without one whoever is there and holds it."),
    ("loops.*.closes_with", "`question/option` of the decision to send it."),
    ("loops.*.otherwise", "How it is sent in spite of another decision; without it the loop stays open then."),
)
