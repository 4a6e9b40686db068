"""The TTM tensor: one entity's state at this moment in twenty numbers, and what that saves.

Every component is a share of its quantity's range (``records.units``). Those that no other module holds [cal;
signs as named], with each trait less .5, A agreeableness, N neuroticism, E extraversion, S novelty seeking:

    knowledge    share of all that anybody ever stated which the entity holds
    confidence   mean expectation of the 20 items that come to mind first, .5 where there is none; times
                 .6 + .4*cognitive capacity (M8; 1 where it is not in the run)
    patience     .5 + .5*A - .4*N - .3*(arousal - .5) + .3*(energy/100 - .7) - .3*(1 - capacity)
    risk         .5 + .6*S - .3*N + .2*valence        (signs: Nicholson 2005; Isen, Patrick 1983)
    social       .5 + .6*E + .1*valence + .2*mean trust in the others present
    fatigue      exertion/50

Errors: ``KeyError`` for an entity that the cast does not have.

>>> from timepoint_pro.records.units import Tensor
>>> expand(Tensor((0.5,) * 8, (0.4, 0.0, 0.0, 0.1), (0.5,) * 8))["energy"]
50.0
"""

from __future__ import annotations

import math

from attrs import frozen

from timepoint_pro.mechanisms.bodies import Bodies
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import FATIGUE_EXERTION, Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.units import BEHAVIOR, CONTEXT, Tensor, clip, words_for
from timepoint_pro.records.world import World

IN_MIND = 20
CHARACTERS_A_TOKEN = 4
TENSOR_DECIMALS = 3


@frozen
class Compression:
    """What a tensor saves in a prompt.

    Args:
        tensor: the state.
        text_tokens: estimate for the state written out: who they are, what they hold, how they stand to others.
        tensor_tokens: estimate for the twenty numbers.
    """

    tensor: Tensor
    text_tokens: int
    tensor_tokens: int


def state_of(world: World, entity: str) -> dict[str, float]:
    """The state of ``entity`` in natural units, by the names of the tensor's components.

    Args:
        world: with the facets of M3, M6, M13 and M14.
        entity: id.
    """
    person, minds, rhythm, knowledge = world[Cast][entity], world[Minds], world[Rhythm], world[Knowledge]
    behavior, body = person.behavior, person.body
    valence, arousal, energy = minds.valence(entity), minds.arousal(entity), rhythm.energy(entity)
    in_mind = knowledge.recallable(entity, rhythm.now, IN_MIND)
    sure = math.fsum([holding.opinion.expectation for holding in in_mind]) / len(in_mind) if in_mind else 0.5
    capacity, pain, illness = 1.0, body.pain, body.illness
    if Bodies in world:
        bodies = world[Bodies]
        capacity = bodies.capacity(entity, rhythm.kss(entity))
        pain, illness = bodies.pain(entity), bodies.illness(entity)
    nervous = behavior.neuroticism - 0.5
    patience = (
        0.5 + 0.5 * (behavior.agreeableness - 0.5) - 0.4 * nervous
        - 0.3 * (arousal - 0.5) + 0.3 * (energy / 100.0 - 0.7) - 0.3 * (1.0 - capacity)
    )  # fmt: skip
    social = 0.5 + 0.6 * (behavior.extraversion - 0.5) + 0.1 * valence + 0.2 * _mean_trust(world, entity)
    return {
        "knowledge": len(knowledge.holds(entity)) / len(knowledge.items) if knowledge.items else 0.0,
        "valence": valence,
        "arousal": arousal,
        "energy": energy,
        "confidence": clip("confidence", sure * (0.6 + 0.4 * capacity)),
        "patience": clip("patience", patience),
        "risk": clip("risk", 0.5 + 0.6 * (behavior.novelty_seeking - 0.5) - 0.3 * nervous + 0.2 * valence),
        "social": clip("social", social),
        "age": body.age,
        "pain": pain,
        "illness": illness,
        "fatigue": clip("fatigue", rhythm.vigil(entity).exertion / FATIGUE_EXERTION),
        **dict(zip(BEHAVIOR, behavior.vector(), strict=True)),
    }


def tensor_of(world: World, entity: str) -> Tensor:
    """The state of ``entity`` as a tensor; arguments as in ``state_of``."""
    return Tensor.of(state_of(world, entity))


def expand(tensor: Tensor) -> dict[str, float]:
    """The state in natural units that a tensor holds, by name; undoes ``tensor_of`` to less than 1e-9."""
    return tensor.state()


def describe(tensor: Tensor) -> str:
    """The tensor's context vector in words, for a prompt that has no room for more."""
    state = tensor.state()
    return ", ".join(f"{name}: {words_for(name, state[name])}" for name in CONTEXT)


def compress(world: World, entity: str) -> Compression:
    """The tensor of ``entity`` and the tokens that it needs against the state written out.

    Tokens are estimated at four characters each, the tensor's numbers written with three decimals.
    """
    tensor = tensor_of(world, entity)
    numbers = (*tensor.context, *tensor.biology, *tensor.behavior)
    brief = " ".join(f"{number:.{TENSOR_DECIMALS}f}" for number in numbers)
    return Compression(tensor, _tokens(_written_out(world, world[Cast][entity])), _tokens(brief))


def _written_out(world: World, person: Entity) -> str:
    knowledge, ties = world[Knowledge], world[Ties]
    lines = [person.name, person.role, *person.traits, *person.goals]
    lines += [f"{name}={value:.3f}" for name, value in state_of(world, person.id).items()]
    lines += sorted(knowledge.item(item).content for item in knowledge.holds(person.id))
    for one, other in ties.known_pairs():
        if one == person.id:
            lines.append(f"{other}: {ties.kind(one, other)}, trust {ties.trust(one, other):+.2f}")
    return "\n".join(lines)


def _mean_trust(world: World, entity: str) -> float:
    now, ties = world[Timeline].now, world[Ties]
    others = [name for name in now.present if name != entity] if now is not None else []
    return math.fsum([ties.trust(entity, other) for other in others]) / len(others) if others else 0.0


def _tokens(text: str) -> int:
    return math.ceil(len(text) / CHARACTERS_A_TOKEN)
