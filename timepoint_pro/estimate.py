"""What a run would ask of its models: counted in two rehearsals, before a call is paid for.

The run is played in memory with the built-in model in the place of every other. Each question is put in words as the
named model would read it, so calls and tokens are those of a whole run, not a rule of thumb. How soon a scene is
settled depends on the model: in one rehearsal people argue as the built-in model lets them, in the other they agree at
once. The estimate is the middle of the two. Left out are calls that only a real model causes: repairs of answers that
cannot be used, and turns that are refused and asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.llm.endpoints import find_endpoint
from timepoint_pro.llm.model_entry import OFFLINE_PROVIDERS, ModelEntry
from timepoint_pro.llm.registry import ModelRegistry, load_registry
from timepoint_pro.llm.rehearsal import Question, Rehearsal

if TYPE_CHECKING:
    from timepoint_pro.simulation import Simulation

FIRST_TOKEN_S = 1.0
TOKENS_A_SECOND = 50.0
LOCAL_READ_A_SECOND = 100.0
LOCAL_WRITTEN_A_SECOND = 35.0
"""As measured with one thread of a slow core; see docs/benchmarks.md."""


@frozen
class Part:
    """What one action comes to.

    Args:
        action: name of the ``ActionType``.
        model: who would be asked.
        calls: questions, the middle of both rehearsals.
        tokens_in, tokens_out: of all of them, likewise.
        cost_usd: by the price table; None where no price holds.
    """

    action: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None


@frozen
class Estimate:
    """What a run would ask of its models.

    Args:
        template, mode, seed: of the run.
        models: who would be asked, each once.
        calls: questions, repairs left out: the middle of both rehearsals, like all figures below.
        calls_least, calls_most: questions where everybody agrees at once, and where they argue; the lesser and the
            greater of the two.
        turns: dialog turns.
        tokens_in, tokens_out: of all questions and answers, at four characters a token.
        cost_usd: in US dollars; None where the price of a model is unknown.
        cost_source: where the price is from, with its month, as in ``llm.ledger.Call``; ``"unknown"`` without one.
        seconds: wall time of the calls.
        parts: by action and model.
        notes: what it rests on and leaves out, in sentences.
    """

    template: str
    mode: str
    seed: int
    models: tuple[str, ...]
    calls: int
    calls_least: int
    calls_most: int
    turns: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    cost_source: str
    seconds: float
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def estimated(simulation: Simulation) -> Estimate:
    """What a run of ``simulation`` would ask of its models, and cost.

    Raises:
        TimepointError: whatever a run with the built-in model would raise.
    """
    asked, turns = [], []
    for agreeing in (False, True):
        rehearsal = Rehearsal(agreeing)
        turns.append(simulation.rehearsed_by(rehearsal).run().turns)
        asked.append(rehearsal.questions)
    registry = load_registry()
    parts = _parts(asked, registry, _provider(simulation))
    costs = [part.cost_usd for part in parts if part.cost_usd is not None]
    known = len(costs) == len(parts)
    most = simulation.template.llm_config.max_concurrency
    counts = sorted(len(questions) for questions in asked)
    return Estimate(
        template=simulation.template.id, mode=simulation.mode.name, seed=simulation.seed,
        models=tuple(dict.fromkeys(part.model for part in parts)), calls=sum(part.calls for part in parts),
        calls_least=counts[0], calls_most=counts[-1], turns=round(fmean(turns)),
        tokens_in=sum(part.tokens_in for part in parts), tokens_out=sum(part.tokens_out for part in parts),
        cost_usd=sum(costs) if known else None, cost_source=_source(parts, registry) if known else "unknown",
        seconds=fmean(_seconds(questions, registry, most) for questions in asked), parts=parts,
        notes=_notes(parts, registry),
    )  # fmt: skip


def first_questions(simulation: Simulation) -> tuple[Question, ...]:
    """The first question of each action that a run of ``simulation`` would ask, in their order.

    Raises:
        TimepointError: whatever a run with the built-in model would raise.
    """
    rehearsal = Rehearsal()
    simulation.rehearsed_by(rehearsal).run()
    first: dict[str, Question] = {}
    for question in rehearsal.questions:
        first.setdefault(question.action, question)
    return tuple(first.values())


def _provider(simulation: Simulation) -> str:
    """Whose prices hold: those of the endpoint that is configured; the list's own where none is."""
    endpoint = find_endpoint(simulation.base_url)
    return endpoint.provider if endpoint is not None else ""


def _parts(
    asked: Sequence[Sequence[Question]], registry: ModelRegistry, provider: str
) -> tuple[Part, ...]:
    """What each action comes to in the middle of the rehearsals."""
    together: dict[tuple[str, str], list[Question]] = {}
    for question in (question for questions in asked for question in questions):
        together.setdefault((question.action, question.model), []).append(question)
    parts = []
    for (action, model), found in together.items():
        calls = max(1, round(len(found) / len(asked)))
        read = round(sum(one.tokens_in for one in found) / len(asked))
        written = round(sum(one.tokens_out for one in found) / len(asked))
        parts.append(Part(action, model, calls, read, written, _cost(registry, model, provider, read, written)))
    return tuple(parts)


def _cost(registry: ModelRegistry, model: str, provider: str, tokens_in: int, tokens_out: int) -> float | None:
    entry = registry.find(model)
    if entry is None or not (_offline(entry) or provider in ("", entry.provider)):
        return None
    return registry.cost_usd(model, tokens_in, tokens_out)


def _offline(entry: ModelEntry | None) -> bool:
    return entry is not None and entry.provider in OFFLINE_PROVIDERS


def _source(parts: Sequence[Part], registry: ModelRegistry) -> str:
    """Where the prices are from, as the ledger of a run says it."""
    sources = set()
    for part in parts:
        entry = registry[part.model]
        price = entry.price
        if price is None or price.basis == "free":
            sources.add("free")
        else:
            sources.add(f"{'list' if price.basis == 'list' else 'estimated'} price of {price.as_of}")
    return " and ".join(sorted(sources)) or "free"


def _seconds(questions: Sequence[Question], registry: ModelRegistry, most: int | None) -> float:
    """Wall time of the calls: of each round the longest, or all of them where they have to wait for one another."""
    rounds: dict[int, list[float]] = {}
    for question in questions:
        rounds.setdefault(question.round, []).append(_one(question, registry.find(question.model)))
        if question.model.startswith("local/"):
            rounds[question.round] = [sum(rounds[question.round])]
    return sum(max(max(times), sum(times) / most if most else 0.0) for times in rounds.values())


def _one(question: Question, entry: ModelEntry | None) -> float:
    """Seconds of one call."""
    if entry is not None and entry.provider == "local":
        return question.tokens_in / LOCAL_READ_A_SECOND + question.tokens_out / LOCAL_WRITTEN_A_SECOND
    if _offline(entry):
        return 0.0
    return FIRST_TOKEN_S + question.tokens_out / TOKENS_A_SECOND


def _notes(parts: Sequence[Part], registry: ModelRegistry) -> tuple[str, ...]:
    models = {part.model: registry.find(part.model) for part in parts}
    notes = [
        "Counted in two rehearsals with the built-in model: people agree at once in one, and argue in the other. Left "
        "out are repairs (an answer that cannot be used is asked for again) and turns that are refused."
    ]
    if any(entry is not None and entry.reasoning for entry in models.values()):
        notes.append("A reasoning model writes more than its answer; what it thinks is not in the figure.")
    if any(not _offline(entry) for entry in models.values()):
        notes.append(f"Time is for {FIRST_TOKEN_S:g} s to the first token and {TOKENS_A_SECOND:g} tokens a second.")
    unpriced = [model for model, entry in models.items() if entry is None or entry.price is None]
    if unpriced:
        notes.append(f"No price is known for {', '.join(unpriced)}.")
    return tuple(notes)
