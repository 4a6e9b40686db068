"""Where each moment of a cyclical run stands: in its rounds, at its places, in words."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen, validators

from timepoint_pro.modes.layers import Layer
from timepoint_pro.modes.rounds import LayerPlace, MomentPlaced
from timepoint_pro.records.timepoint import Timepoint


@frozen
class Wheel:
    """The cycles of a run, all at once.

    Args:
        kind: of the whole.
        layers: its cycles, one at least; the first sets rounds and questions.
        total: moments of the run.
    """

    kind: str
    layers: tuple[Layer, ...] = field(validator=validators.min_len(1))
    total: int = field(validator=validators.ge(1))

    @property
    def length(self) -> int:
        """Moments of a round."""
        return self.layers[0].length

    def begins(self, index: int) -> bool:
        """Whether a round begins with the moment at ``index``."""
        return not index % self.length

    def at(self, index: int) -> tuple[int, int]:
        """Round and place of a moment in the first cycle, both from 0."""
        return self.layers[0].at(index)

    def places(self, index: int) -> tuple[LayerPlace, ...]:
        """Where a moment stands in each cycle."""
        found = []
        for layer in self.layers:
            number, place = layer.at(index)
            entry = layer.entry(index)
            found.append(LayerPlace(layer.kind, number + 1, place + 1, layer.length, entry.label if entry else ""))
        return tuple(found)

    def words(self, index: int) -> str:
        """The same for a planner."""
        named = [
            f"round {one.round} of {self.rounds(layer)}, {one.label or 'place'} ({one.place} of {one.length})"
            for one, layer in zip(self.places(index), self.layers, strict=True)
        ]
        return f"This is {'; and '.join(named)}, of a {self.kind.replace('_', ' ')} cycle."

    def rounds(self, layer: Layer) -> int:
        """How often a cycle goes round in the run, a begun round counted."""
        return -(-self.total // layer.length)

    def placed(self, moment: Timepoint, open_now: Sequence[str]) -> MomentPlaced:
        """The record of where a moment stands, with the prophecies that are open then."""
        places = self.places(moment.index)
        where = "; ".join(
            f"round {one.round} of {self.rounds(layer)}, place {one.place} of {one.length}"
            + (f" ({one.label})" if one.label else "")
            for one, layer in zip(places, self.layers, strict=True)
        )
        foretold = f"; prophecies open: {len(open_now)}" if open_now else ""
        words = f"Cyclical mode, {self.kind.replace('_', ' ')}: {where}{foretold}."
        rounds = self.rounds(self.layers[0])
        return MomentPlaced(moment.id, self.kind, rounds, places, tuple(open_now), moment.loops, words)
