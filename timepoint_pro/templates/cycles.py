"""``metadata.cyclical_structure``: the kind of cycle, its places, prophecies, loops, and what is carried over."""

# ruff: noqa: RUF009 -- key() makes attrs fields, which the linter cannot see

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from timepoint_pro.templates.frozen_json import EMPTY
from timepoint_pro.templates.kinds import Choice, Flag, Identifier, Text, Whole
from timepoint_pro.templates.sections import SHARE
from timepoint_pro.templates.story_kinds import Choosing, Listing, Texts
from timepoint_pro.templates.structure import Nullable, Part, Section, key

CYCLE_KINDS = ("repeating", "spiral", "causal_loop", "oscillating", "composite")


@frozen(kw_only=True, repr=False)
class PlaceEntry(Section):
    """One place in the cycle.

    Args:
        id: unique among the places.
        label: its name (``"the river crossing"``).
        circumstance: what everyone present witnesses whenever it comes round.
        location: where its scenes are; empty: the template's place.
    """

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    circumstance: str = key(Text(), "")
    location: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class LayerEntry(Section):
    """One of the cycles that a composite one is made of: its kind, and its length in moments."""

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    kind: str = key(Choice(CYCLE_KINDS[:4]), "repeating")
    length: int = key(Whole(1, 1000), 2)
    places: tuple[PlaceEntry, ...] = key(Listing(Part(PlaceEntry, open=True), "place"), ())
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class ProphecyEntry(Section):
    """Something foretold.

    Args:
        id: unique among the prophecies.
        label: a short noun phrase for it (``"the word about the ford"``).
        statement: what is foretold, one whole sentence.
        at: index of the moment at whose start it is spoken.
        spoken_by: entity id, or a word for the channel.
        known_by: entity ids of those who hear it; ``*`` for everyone.
        topic: one or two words.
        credence: how surely they believe it, in [0, 1].
        due: index of the moment at whose start it shows; None: the last.
        fulfilled_by, averted_by: ``"question/option"`` of the decision that would bring it about, or keep it off.
        comes_true: fixed where it is stated; None: by ``temporal.prophecy_accuracy``.
        fulfilment, subversion: what everyone witnesses when it comes true, or when it does not.
    """

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    statement: str = key(Text(), "")
    at: int = key(Whole(0, 100_000), 0)
    spoken_by: str = key(Text(), "prophecy")
    known_by: tuple[str, ...] = key(Texts(), ("*",))
    topic: str = key(Text(), "")
    credence: float = key(SHARE, 0.6)
    due: int | None = key(Nullable(Whole(0, 100_000)), None)
    fulfilled_by: str = key(Text(), "")
    averted_by: str = key(Text(), "")
    comes_true: bool | None = key(Nullable(Flag()), None)
    fulfilment: str = key(Text(), "")
    subversion: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class LoopEntry(Section):
    """A causal loop that is licensed: a later moment that is a cause of an earlier one.

    Args:
        id: unique among the loops.
        label: what goes round, a noun phrase (``"the unsigned letter"``).
        statement: what it says, one whole sentence: known at ``to`` before anybody has said it.
        sends: index of the later moment, from which it is sent.
        receives: index of the earlier one, in which it arrives.
        known_by: entity ids of those whom it reaches there.
        topic: one or two words.
        sender: entity id of who sends it; empty: whoever is there and holds it.
        closes_with: ``"question/option"`` of the decision to send it; empty: it is sent where somebody holds it.
        otherwise: what everyone witnesses next where it is sent in spite of the decision; empty: it stays open then.
    """

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    statement: str = key(Text(), "")
    sends: int | None = key(Nullable(Whole(1, 100_000)), None)
    receives: int = key(Whole(0, 100_000), 0)
    known_by: tuple[str, ...] = key(Texts(), ("*",))
    topic: str = key(Text(), "")
    sender: str = key(Text(), "")
    closes_with: str = key(Text(), "")
    otherwise: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class CarryOver(Section):
    """Who carries what over a reset: each true for all, false for none, or a list of ids."""

    knowledge: tuple[str, ...] = key(Choosing(), ("*",))
    feelings: tuple[str, ...] = key(Choosing(), ("*",))
    relationships: tuple[str, ...] = key(Choosing(), ("*",))
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class CyclicalStructure(Section):
    """How time goes round.

    Args:
        kind: how one cycle follows from the last.
        places: of a cycle, in order.
        layers: of a composite cycle; the first sets questions.
        returns: questions that come again at their place: all, none, or a list of ids.
        variations: what is different, one line a cycle, that everyone present witnesses at its start.
        escalation: what each cycle adds to the importance of its moments, in [0, 1]; None: by the kind.
        reset: whether each cycle after the first begins from the world before the first.
        carry_over: what is kept where it does.
        prophecies, loops: see there.
    """

    kind: str = key(Choice(CYCLE_KINDS), "repeating")
    places: tuple[PlaceEntry, ...] = key(Listing(Part(PlaceEntry, open=True), "place"), ())
    layers: tuple[LayerEntry, ...] = key(Listing(Part(LayerEntry, open=True), "layer"), ())
    returns: tuple[str, ...] = key(Choosing(), ("*",))
    variations: tuple[str, ...] = key(Texts(), ())
    escalation: float | None = key(Nullable(SHARE), None)
    reset: bool = key(Flag(), False)
    carry_over: CarryOver = key(Part(CarryOver, open=True), CarryOver())
    prophecies: tuple[ProphecyEntry, ...] = key(Listing(Part(ProphecyEntry, open=True), "prophecy"), ())
    loops: tuple[LoopEntry, ...] = key(Listing(Part(LoopEntry, open=True), "loop"), ())
    extra: Mapping[str, Any] = EMPTY
