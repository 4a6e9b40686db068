"""What a run would ask of its models: counted in a rehearsal, before a call is paid for.

The run is played in memory with the built-in model in the place of every other. Each question is put in words as the
named model would read it, so calls and tokens are those of a whole run, not a rule of thumb. Left out are calls that
only a real model causes: repairs of answers that cannot be used, and turns that are refused and asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, evolve, field, frozen

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.endpoints import find_endpoint
from timepoint_pro.llm.model_entry import OFFLINE_PROVIDERS, ModelEntry
from timepoint_pro.llm.registry import ModelRegistry, load_registry
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.prompts.base import Message
from timepoint_pro.records.codec import to_plain

if TYPE_CHECKING:
    from timepoint_pro.simulation import Simulation

CHARACTERS_A_TOKEN = 4
MESSAGE_TOKENS = 4
"""What the marks around a message come to."""
FIRST_TOKEN_S = 1.0
TOKENS_A_SECOND = 50.0
LOCAL_READ_A_SECOND = 100.0
LOCAL_WRITTEN_A_SECOND = 35.0
"""As measured with one thread of a slow core; see docs/benchmarks.md."""


@frozen
class Question:
    """One question of a rehearsal, as a model would read it.

    Args:
        action: name of the ``ActionType``.
        model: who would be asked.
        messages: in words.
        schema: JSON Schema of the answer.
        tokens_in, tokens_out: about so many, at four characters a token.
        round: number of the moment of asking; questions of one round are asked at once.
    """

    action: str
    model: str
    messages: tuple[Message, ...] = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    tokens_in: int
    tokens_out: int
    round: int


@frozen
class Part:
    """What one action comes to.

    Args:
        action: name of the ``ActionType``.
        model: who would be asked.
        calls: questions.
        tokens_in, tokens_out: of all of them.
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
        calls: questions, repairs left out.
        turns: dialog turns in the rehearsal.
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
    turns: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    cost_source: str
    seconds: float
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


@define
class Rehearsal:
    """A backend that lets the built-in model answer, and keeps what was asked."""

    questions: list[Question] = field(init=False, factory=list)
    _inner: ScriptedBackend = field(init=False, factory=ScriptedBackend)
    _round: int = field(init=False, default=0)
    _open: bool = field(init=False, default=False)

    @property
    def name(self) -> str:
        """What it is called in the rehearsal's records."""
        return "rehearsal"

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request."""
        number = self._number()
        completion = await self._inner.complete(request)
        read = sum(MESSAGE_TOKENS + len(one.content) // CHARACTERS_A_TOKEN for one in request.messages)
        written = 1 + len(orjson.dumps(to_plain(completion.value))) // CHARACTERS_A_TOKEN
        self.questions.append(
            Question(
                request.prompt.action.value, request.model, request.messages, request.schema, read, written, number
            )
        )
        # Whoever asks at once with this one gets to ask before any answer comes.
        await asyncio.sleep(0)
        self._open = False
        return evolve(completion, tokens_in=read, tokens_out=written, cost_usd=None)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _number(self) -> int:
        if not self._open:
            self._round += 1
            self._open = True
        return self._round


def estimated(simulation: Simulation) -> Estimate:
    """What a run of ``simulation`` would ask of its models, and cost.

    Raises:
        TimepointError: whatever a run with the built-in model would raise.
    """
    rehearsal = Rehearsal()
    run = simulation.rehearsed_by(rehearsal).run()
    registry = load_registry()
    parts = _parts(rehearsal.questions, registry, _provider(simulation))
    costs = [part.cost_usd for part in parts if part.cost_usd is not None]
    known = len(costs) == len(parts)
    most = simulation.template.llm_config.max_concurrency
    return Estimate(
        template=simulation.template.id, mode=simulation.mode.name, seed=simulation.seed,
        models=tuple(dict.fromkeys(part.model for part in parts)), calls=len(rehearsal.questions), turns=run.turns,
        tokens_in=sum(part.tokens_in for part in parts), tokens_out=sum(part.tokens_out for part in parts),
        cost_usd=sum(costs) if known else None, cost_source=_source(parts, registry) if known else "unknown",
        seconds=_seconds(rehearsal.questions, registry, most), parts=parts, notes=_notes(parts, registry),
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


def _parts(questions: Sequence[Question], registry: ModelRegistry, provider: str) -> tuple[Part, ...]:
    together: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        together.setdefault((question.action, question.model), []).append(question)
    parts = []
    for (action, model), asked in together.items():
        read, written = sum(one.tokens_in for one in asked), sum(one.tokens_out for one in asked)
        parts.append(Part(action, model, len(asked), read, written, _cost(registry, model, provider, read, written)))
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
        "Counted in a rehearsal with the built-in model; a real model's scenes may be longer or shorter. Left out are "
        "repairs (an answer that cannot be used is asked for again) and turns that are refused."
    ]
    if any(entry is not None and entry.reasoning for entry in models.values()):
        notes.append("A reasoning model writes more than its answer; what it thinks is not in the figure.")
    if any(not _offline(entry) for entry in models.values()):
        notes.append(f"Time is for {FIRST_TOKEN_S:g} s to the first token and {TOKENS_A_SECOND:g} tokens a second.")
    unpriced = [model for model, entry in models.items() if entry is None or entry.price is None]
    if unpriced:
        notes.append(f"No price is known for {', '.join(unpriced)}.")
    return tuple(notes)
