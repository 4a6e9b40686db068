"""The mechanisms that there are: the built-in ones by code, and how a user's own join or replace them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from timepoint_pro.errors import MechanismError
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.neutral import NEUTRAL, neutral
from timepoint_pro.records.naming import known_as

ENTRY_POINTS = "timepoint_pro.mechanisms"

BUILT_IN: Mapping[str, tuple[str, str]] = {
    "M3": ("m03_knowledge_provenance", "KnowledgeProvenance"),
    "M4": ("m04_constraint_enforcement", "ConstraintEnforcement"),
    "M5": ("m05_resolution", "QueryDrivenResolution"),
    "M6": ("m06_tensor_state", "TensorState"),
    "M7": ("m07_causal_chain", "CausalChain"),
    "M8": ("m08_embodied_states", "EmbodiedStates"),
    "M9": ("m09_on_demand_entities", "OnDemandEntities"),
    "M10": ("m10_scene", "SceneMechanism"),
    "M11": ("m11_dialog", "Dialog"),
    "M12": ("m12_counterfactual_branching", "CounterfactualBranching"),
    "M13": ("m13_relationships", "Relationships"),
    "M14": ("m14_circadian", "Circadian"),
    "M15": ("m15_prospection", "Prospection"),
    "M16": ("m16_animism", "Animism"),
}
"""Code to (module, class) of the mechanisms with the common signature. M17 is the mode, M18 the choice of model."""

ESSENTIAL = tuple(NEUTRAL)
"""Those that others cannot do without: left out, they are there in their neutral form."""


def built_in() -> tuple[Mechanism, ...]:
    """One of each built-in mechanism, as configured by default."""
    return tuple(
        getattr(import_module(f"timepoint_pro.mechanisms.{module}"), name)() for module, name in BUILT_IN.values()
    )


def published() -> tuple[Mechanism, ...]:
    """Mechanisms that installed packages publish under the entry point group ``timepoint_pro.mechanisms``.

    Raises:
        MechanismError: when one cannot be loaded.
    """
    found = []
    for point in sorted(_points(entry_points), key=lambda one: one.name):
        try:
            found.append(point.load()())
        except Exception as error:
            raise MechanismError(point.name, f"entry point {point.value} cannot be loaded: {error}") from error
    return tuple(found)


@cache
def _points(find: Callable[..., Iterable[EntryPoint]]) -> tuple[EntryPoint, ...]:
    """What ``find`` finds: it reads the metadata of every installed package, which need not be done for every run."""
    return tuple(find(group=ENTRY_POINTS))


def assemble(own: Iterable[Mechanism] = (), without: Iterable[str] = ()) -> tuple[Mechanism, ...]:
    """The mechanisms of a run.

    Args:
        own: the user's; one whose code is a built-in's replaces it.
        without: codes to leave out; one that others need is left in its neutral form (see ``neutral``).

    Raises:
        UnknownNameError: when ``without`` names a code that is not there.
    """
    chosen = {one.spec.code: one for one in (*built_in(), *published(), *own)}
    for name in without:
        code = known_as("mechanism", name, chosen)
        if code in ESSENTIAL:
            chosen[code] = neutral(chosen[code])
        else:
            del chosen[code]
    return tuple(chosen.values())
