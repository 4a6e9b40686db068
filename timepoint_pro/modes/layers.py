"""The cycles of a template: where each moment stands in them, and the loops that lead back through them."""

from __future__ import annotations

from attrs import evolve, field, frozen, validators

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.templates import Template
from timepoint_pro.templates.cycles import CyclicalStructure, LayerEntry, LoopEntry, PlaceEntry


@frozen
class Layer:
    """One cycle: its kind, its length in moments, and its places (as many, or none)."""

    kind: str
    length: int = field(validator=validators.ge(1))
    places: tuple[PlaceEntry, ...] = ()

    def at(self, index: int) -> tuple[int, int]:
        """Round and place of a moment, both from 0."""
        number, place = divmod(index, self.length)
        return number, self.length - 1 - place if self.kind == "oscillating" and number % 2 else place

    def entry(self, index: int) -> PlaceEntry | None:
        """What the template says of the moment's place; None where it says nothing."""
        place = self.at(index)[1]
        return self.places[place] if place < len(self.places) else None


def layers_of(template: Template) -> tuple[Layer, ...]:
    """The cycles of a template: ``cycle_length`` moments long, else as long as its places, else half of the run."""
    told, moments = template.cyclical_structure, template.timepoints
    total = moments.before_count + moments.count + moments.after_count
    length = template.temporal.cycle_length or len(told.places) or -(-total // 2)
    own = Layer(told.kind, length, told.places)
    if told.kind != "composite":
        return (own,)
    if not told.layers:
        return (evolve(own, kind="repeating"), Layer("oscillating", 2))
    return tuple(_layer(one) for one in told.layers)


def _layer(one: LayerEntry) -> Layer:
    return Layer(one.kind, len(one.places) or one.length, one.places)


def loops_of(template: Template, total: int) -> tuple[LoopEntry, ...]:
    """The loops of a template whose run has ``total`` moments; from the last to the first where it states none.

    Raises:
        TemplateError: a loop does not lead from a later moment of the run to an earlier one.
    """
    told: CyclicalStructure = template.cyclical_structure
    last, length = total - 1, layers_of(template)[0].length
    if not told.loops:
        stands = told.kind == "causal_loop" or any(one.kind == "causal_loop" for one in told.layers)
        first = last // length * length if told.reset else 0
        return (LoopEntry(id="loop_1", receives=first),) if stands and last > first else ()
    problems = []
    for place, one in enumerate(told.loops):
        sends = last if one.sends is None else one.sends
        if not one.receives < sends <= last:
            found = f"from {sends} to {one.receives} of the moments 0 to {last}"
            expected = "a later moment of the run that sends, and an earlier one that receives"
            problems.append(Problem(f"$.metadata.cyclical_structure.loops[{place}]", expected, found))
        elif told.reset and one.receives // length != sends // length:
            expected = "two moments of one round, since time is set back between rounds"
            found = f"moments {one.receives} and {sends}, in rounds of {length}"
            problems.append(Problem(f"$.metadata.cyclical_structure.loops[{place}]", expected, found))
    if problems:
        raise TemplateError(template.id, problems)
    return told.loops
