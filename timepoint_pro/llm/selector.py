"""The choice of a model for an action: filter by licence and place, rank by a stated score.

    score = 2 fit + w_q quality + w_s speed + w_c (1 - cost) + [training-safe]

``fit`` in [0, 1] is the share of what the action asks for that the model is good at (``NEEDS``); quality,
speed and cost are the registry's relative ratings in [0, 1]; each w is 1, or 3 where preferred. The weights
are calibrated defaults of this project. The last term keeps a run that nobody thought about from being
unusable as training data. Equal scores go by id, so the same question has the same answer everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import asdict, field, frozen

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.llm.registry import Capability, ModelEntry, ModelRegistry, Source, load_registry
from timepoint_pro.prompts.actions import ActionType

FIT_WEIGHT = 2.0
RATING_WEIGHT = 1.0
PREFERRED_WEIGHT = 3.0
TRAINING_SAFE_BONUS = 1.0

_D, _N, _R = Capability.DIALOG, Capability.NARRATIVE, Capability.REASONING
_S, _L = Capability.STRUCTURED_OUTPUT, Capability.LONG_CONTEXT

NEEDS: Mapping[ActionType, Mapping[Capability, float]] = MappingProxyType({
    ActionType.DIALOG_SYNTHESIS: {_D: 0.6, _N: 0.2, _S: 0.2},
    ActionType.ENTITY_POPULATION: {_S: 0.6, _N: 0.4},
    ActionType.SCENE_GENERATION: {_N: 0.6, _S: 0.4},
    ActionType.TEMPORAL_REASONING: {_R: 0.6, _S: 0.4},
    ActionType.COUNTERFACTUAL_PREDICTION: {_R: 0.5, _N: 0.2, _S: 0.3},
    ActionType.KNOWLEDGE_EXTRACTION: {_S: 1.0},
    ActionType.RELATIONSHIP_ANALYSIS: {_S: 0.6, _D: 0.4},
    ActionType.PROSPECTION: {_N: 0.4, _D: 0.3, _S: 0.3},
    ActionType.ANIMISTIC_BEHAVIOR: {_N: 0.7, _S: 0.3},
    ActionType.PORTAL_BACKWARD_REASONING: {_R: 0.6, _S: 0.3, _L: 0.1},
    ActionType.PORTAL_PATH_SCORING: {_R: 0.6, _S: 0.4},
    ActionType.CONFIG_GENERATION: {_S: 0.7, _L: 0.3},
    ActionType.VALIDATION: {_S: 0.6, _R: 0.4},
    ActionType.SUMMARIZATION: {_N: 0.6, _L: 0.4},
    ActionType.GENERAL: {_D: 0.4, _N: 0.2, _S: 0.4},
})
"""What each action asks of a model; the shares of an action sum to 1."""


@frozen
class Candidate:
    """A model that may be chosen, with the terms of its score before weighting, each in [0, 1].

    ``training_verdict`` says in words what ``training_safe`` rests on.
    """

    model: str
    score: float
    fit: float
    quality: float
    speed: float
    economy: float
    training_safe: bool
    training_verdict: str


@frozen
class Rejection:
    """A model that may not be chosen, and why."""

    model: str
    reason: str


@frozen
class Weights:
    """The weights of the terms of a score."""

    fit: float = FIT_WEIGHT
    quality: float = RATING_WEIGHT
    speed: float = RATING_WEIGHT
    economy: float = RATING_WEIGHT
    training_safe: float = TRAINING_SAFE_BONUS


@frozen
class Explanation:
    """Why a model is chosen: candidates from the best to the last, and the models that were ruled out.

    ``str(explanation)`` is the formula with its weights, then one line a model.
    """

    action: ActionType
    weights: Weights
    candidates: tuple[Candidate, ...]
    rejections: tuple[Rejection, ...]

    @property
    def chain(self) -> tuple[str, ...]:
        """The ids of the candidates, from the best to the last."""
        return tuple(candidate.model for candidate in self.candidates)

    def __str__(self) -> str:
        formula = " + ".join(f"{weight:g} {name}" for name, weight in asdict(self.weights).items())
        lines = [f"{self.action}: score = {formula}"]
        for place, item in enumerate(self.candidates, start=1):
            ratings = f"quality {item.quality:.2f}, speed {item.speed:.2f}, economy {item.economy:.2f}"
            terms = f"fit {item.fit:.2f}, {ratings}, {item.training_verdict}"
            lines.append(f"{place}. {item.model}  {item.score:.2f}  ({terms})")
        lines.extend(f"-  {item.model}  {item.reason}" for item in self.rejections)
        return "\n".join(lines)


def _as_registry(source: ModelRegistry | Source | None) -> ModelRegistry:
    return source if isinstance(source, ModelRegistry) else load_registry(source)


def _count(registry: ModelRegistry) -> str:
    return f"<{len(registry)} models>"


@frozen
class ModelSelector:
    """Chooses models by action, licence, preference and place.

    Args:
        registry: a registry; or a path or mapping that extends the shipped one; or None for the shipped one
            (with the file of ``TIMEPOINT_MODELS`` where that is set).

    Raises:
        DataError: a registry file is missing or not of the form.

    >>> ModelSelector().select_model(ActionType.DIALOG_SYNTHESIS, for_training_data=True)
    'deepseek/deepseek-chat'
    """

    registry: ModelRegistry = field(default=None, converter=_as_registry, repr=_count)

    def select_model(
        self,
        action: ActionType | str,
        *,
        for_training_data: bool = False,
        prefer_quality: bool = False,
        prefer_speed: bool = False,
        prefer_cost: bool = False,
        exclude: Iterable[str] = (),
        offline: bool = False,
    ) -> str:
        """The id of the best model for an action.

        Args:
            action: what the model is asked for.
            for_training_data: admit only models whose outputs may train any model.
            prefer_quality, prefer_speed, prefer_cost: what to weigh three times as much; they combine.
            exclude: ids or aliases of models that may not be chosen.
            offline: choose among the models of this machine instead of the remote ones.

        Raises:
            UnknownNameError: no such action, or an excluded name that no model bears.
            UsageError: no model is left, or ``exclude`` is one text.
        """
        return self.fallback_chain(
            action, for_training_data=for_training_data, prefer_quality=prefer_quality,
            prefer_speed=prefer_speed, prefer_cost=prefer_cost, exclude=exclude, offline=offline,
        )[0]

    def fallback_chain(
        self,
        action: ActionType | str,
        *,
        for_training_data: bool = False,
        prefer_quality: bool = False,
        prefer_speed: bool = False,
        prefer_cost: bool = False,
        exclude: Iterable[str] = (),
        offline: bool = False,
    ) -> tuple[str, ...]:
        """The models to try one after the other: the selected one first, each once.

        Arguments and errors are those of :meth:`select_model`. A chain is remote or of this machine, never
        both: a failing network must not turn a run into scripted text unasked.
        """
        explanation = self.explain(
            action, for_training_data=for_training_data, prefer_quality=prefer_quality,
            prefer_speed=prefer_speed, prefer_cost=prefer_cost, exclude=exclude, offline=offline,
        )
        if not explanation.candidates:
            reasons = "; ".join(f"{item.model}: {item.reason}" for item in explanation.rejections)
            raise UsageError(
                f"no model is left for {explanation.action} ({reasons or 'the registry is empty'}); "
                "exclude fewer models, or add one to the registry"
            )
        return explanation.chain

    def explain(
        self,
        action: ActionType | str,
        *,
        for_training_data: bool = False,
        prefer_quality: bool = False,
        prefer_speed: bool = False,
        prefer_cost: bool = False,
        exclude: Iterable[str] = (),
        offline: bool = False,
    ) -> Explanation:
        """How the models rank for an action, and why the others are ruled out.

        Arguments are those of :meth:`select_model`; where no model is left, ``candidates`` is empty.

        Raises:
            UnknownNameError: no such action, or an excluded name that no model bears.
            UsageError: ``exclude`` is one text.
        """
        action = _as_action(action)
        excluded = self._excluded(exclude)
        weights = Weights(
            quality=PREFERRED_WEIGHT if prefer_quality else RATING_WEIGHT,
            speed=PREFERRED_WEIGHT if prefer_speed else RATING_WEIGHT,
            economy=PREFERRED_WEIGHT if prefer_cost else RATING_WEIGHT,
        )
        candidates, rejections = [], []
        for entry in self.registry:
            fit = _fit(entry, action)
            reason = _objection(entry, for_training_data, excluded, offline)
            if not reason and fit == 0:
                reason = f"has no capability that {action} asks for"
            if reason:
                rejections.append(Rejection(entry.id, reason))
            else:
                candidates.append(_rate(entry, fit, weights))
        candidates.sort(key=lambda candidate: (-candidate.score, candidate.model))
        return Explanation(action, weights, tuple(candidates), tuple(rejections))

    def get_training_safe_models(self) -> list[str]:
        """The ids of the remote models whose outputs may train any model, in the registry's order."""
        return [entry.id for entry in self.registry if entry.training_safe and not entry.offline]

    def _excluded(self, names: Iterable[str]) -> frozenset[str]:
        if isinstance(names, str):
            raise UsageError(f"exclude: expected several ids, found {names!r}; put it in a list")
        return frozenset(self.registry[name].id for name in names)


def _as_action(action: ActionType | str) -> ActionType:
    try:
        return ActionType(action)
    except ValueError:
        raise UnknownNameError("action", str(action), [known.value for known in ActionType]) from None


def _fit(entry: ModelEntry, action: ActionType) -> float:
    return round(sum(share for need, share in NEEDS[action].items() if need in entry.capabilities), 6)


def _objection(entry: ModelEntry, for_training_data: bool, excluded: frozenset[str], offline: bool) -> str:
    """Why the model may not be chosen, whatever the action; empty where it may."""
    if entry.id in excluded:
        return "excluded"
    if entry.offline != offline:
        return "runs on this machine, asked for with offline=True" if entry.offline else "needs a network"
    if for_training_data and not entry.training_safe:
        return entry.training_verdict
    return ""


def _rate(entry: ModelEntry, fit: float, weights: Weights) -> Candidate:
    economy = round(1.0 - entry.cost, 6)
    score = (
        weights.fit * fit
        + weights.quality * entry.quality
        + weights.speed * entry.speed
        + weights.economy * economy
        + weights.training_safe * entry.training_safe
    )
    return Candidate(
        model=entry.id,
        score=round(score, 6),  # so that sums that differ in the last bit only are ties, and go by id
        fit=fit,
        quality=entry.quality,
        speed=entry.speed,
        economy=economy,
        training_safe=entry.training_safe,
        training_verdict=entry.training_verdict,
    )
