"""The one way to a model: choose it, look for the answer, ask, check, keep, account for it.

A call is one question at one place of the run. Its attempts are requests to one model: the first, repairs that
show the model what was wrong, and requests with more room where the answer was cut off. When one model gives no
usable answer the next of the chain is asked. Each finished request is kept before its answer is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson
from attrs import define, evolve, field, frozen

from timepoint_pro.errors import ModelError
from timepoint_pro.llm.attempts import Sum, Talk, call_of, joined, unusable
from timepoint_pro.llm.base import Backend, Completion, Request, concerns_endpoint
from timepoint_pro.llm.budget import Budget
from timepoint_pro.llm.cache import Question, cache_key, plain_messages, sampling_text
from timepoint_pro.llm.ledger import Call, CallCache
from timepoint_pro.llm.registry import ModelRegistry, load_registry
from timepoint_pro.llm.salvage import usable_part
from timepoint_pro.llm.shared import Shared
from timepoint_pro.llm.structured import Fault, judge, restore, schema_text
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.records.codec import to_plain
from timepoint_pro.store.calls import Attempt

R = TypeVar("R")

FAILED = "failed"
CHARACTERS_A_TOKEN = 4
LONGEST = 16384
"""Most room for an answer of a model whose limit is not known, in tokens."""


@frozen
class Route:
    """Who answers one kind of call: a backend, and the model's id there."""

    backend: Backend
    model: str

    @property
    def cached(self) -> bool:
        """Whether calls are kept in the call cache."""
        return bool(getattr(self.backend, "cached", True))


@define
class Gateway:
    """Stands between ``ctx.ask`` and the backends. Safe for many asks at once on one event loop.

    Args:
        route: chooses backends and models for an action, the first asked first.
        cache: where finished requests are kept; None keeps none.
        registry: limits and prices of models.
        repairs: how often a model is asked again after an answer that cannot be used.
        temperature: sampling temperature of every call; None leaves each prompt its own.
        max_cost_usd: cap on the cost of a run; None for no cap.
        spent_before_usd: what the run had cost before.
        dearest: highest cost of a call before, by (model, action).
        shared: what it has in common with the gateways of other runs.
        calls: how many requests were sent.
        found: how many answers came from the cache.
    """

    route: Callable[[ActionType], Sequence[Route]]
    cache: CallCache | None = None
    registry: ModelRegistry = field(factory=load_registry, repr=False)
    repairs: int = 3
    temperature: float | None = None
    max_cost_usd: float | None = None
    spent_before_usd: float = 0.0
    dearest: Mapping[tuple[str, str], float] = field(factory=dict, repr=False)
    shared: Shared = field(factory=Shared, repr=False)
    calls: int = field(init=False, default=0)
    found: int = field(init=False, default=0)
    budget: Budget = field(init=False)
    _asking: set[asyncio.Task[Any]] = field(init=False, factory=set, repr=False)

    @budget.default
    def _budget(self) -> Budget:
        return Budget(self.max_cost_usd, self.spent_before_usd, dict(self.dearest))

    @property
    def spent_usd(self) -> float:
        """What the run has cost so far, in US dollars."""
        return self.budget.spent_usd

    async def ask(self, prompt: Prompt[R], key: str, seed: int) -> Call:
        """Ask the models of the prompt's action until an answer passes.

        Args:
            prompt: the question.
            key: place of the call in the run.
            seed: derived seed of the call.

        Raises:
            AnswerError: when every model's answers stayed unusable after ``repairs`` attempts more.
            BudgetReachedError: when the call would pass the cap on cost.
            ModelError: when the backends failed for good.
        """
        routes = self.route(prompt.action)
        if not routes[0].cached:
            return await self._compute(routes[0], prompt, key, seed)
        if self.temperature is not None:
            prompt = evolve(prompt, sampling=evolve(prompt.sampling, temperature=self.temperature))
        task = asyncio.current_task()
        assert task is not None
        self._asking.add(task)
        try:
            return await self._ask_chain(routes, Question.of(prompt), key, seed)
        finally:
            self._asking.discard(task)

    async def aclose(self) -> None:
        """Stop the asks that are left when another has failed, so that connections can be closed."""
        left = self._asking - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _ask_chain(self, routes: Sequence[Route], question: Question, key: str, seed: int) -> Call:
        """Ask one model after the other until an answer passes."""
        total = Sum()
        failures: list[ModelError] = []
        for route in routes:
            try:
                return await self._converse(route, question, key, seed, total, last=route is routes[-1])
            except ModelError as error:
                failures.append(error)
                if concerns_endpoint(error):
                    break
        if self.cache is not None:
            self.cache.give_up(key)
        raise failures[0] if len(failures) == 1 else joined(failures, question.prompt.action, key)

    async def _compute(self, route: Route, prompt: Prompt[Any], key: str, seed: int) -> Call:
        """A call to a backend whose answers follow from the request alone: nothing is looked up or kept."""
        complaint = ""
        total = Sum()
        for attempt in range(self.repairs + 1):
            completion = await route.backend.complete(Request(prompt, route.model, seed, attempt))
            self.calls += 1
            spent, source = self._cost(route, completion)
            self.budget.spent_usd += spent
            self.shared.count(spent, completion.tokens_in + completion.tokens_out)
            total.add(Attempt("", "stop", "", "", completion.tokens_in, completion.tokens_out, spent, source))
            complaint = prompt.check(completion.value) or ""
            if not complaint:
                return call_of(key, prompt, completion.model or route.model, completion.value, total)
        raise unusable(route.model, prompt.action, key, self.repairs + 1, Fault("check", complaint))

    async def _converse(
        self, route: Route, question: Question, key: str, seed: int, total: Sum, *, last: bool
    ) -> Call:
        """Ask one model until an answer passes.

        Raises:
            AnswerError: when none did.
            ModelError: when the backend failed.
        """
        prompt = question.prompt
        talk = Talk(prompt.sampling, self._most_tokens(route.model), self.repairs)
        while True:
            request = Request(
                prompt, route.model, seed, talk.attempt, talk.repair, question.messages, question.schema, talk.sampling
            )
            attempt, answer = await self._finished(route, question, request, key, keep_failure=not last)
            total.add(attempt)
            if attempt.finish_reason == FAILED:
                raise ModelError(attempt.fault, model=route.model)
            if not attempt.fault:
                return call_of(key, prompt, self._model_of(route, attempt), answer, total)
            name, _, words = attempt.fault.partition(": ")
            fault = Fault(name, words)
            if not talk.goes_on(fault, attempt.answer, schema_text(question.schema)):
                raise unusable(route.model, prompt.action, key, talk.attempt, fault)

    async def _finished(
        self, route: Route, question: Question, request: Request, key: str, *, keep_failure: bool
    ) -> tuple[Attempt, Any]:
        """The outcome of one request, from the cache or from the backend, and its answer where it is usable.

        The same request from two places at once is sent once.
        """
        if self.cache is None:
            return await self._send(route, question, request, key, b"", keep_failure=False)
        identity = cache_key(route.backend.name, question, request)
        under_way = self.shared.under_way
        while (pending := under_way.get(identity)) is not None:
            await asyncio.wait([pending])
        found = self.cache.find(identity)
        if found is not None:
            self.found += 1
            answer = None if found.fault else restore(question.prompt, found.answer)
            if isinstance(answer, Fault):
                return evolve(found, fault=str(answer)), None
            return found, answer
        done = under_way[identity] = asyncio.get_running_loop().create_future()
        try:
            return await self._send(route, question, request, key, identity, keep_failure=keep_failure)
        finally:
            del under_way[identity]
            done.set_result(None)

    async def _send(
        self, route: Route, question: Question, request: Request, key: str, identity: bytes, *, keep_failure: bool
    ) -> tuple[Attempt, Any]:
        """Send one request and keep its outcome, before anybody sees it."""
        kind = (route.model, question.prompt.action.value)
        listed = self._estimate(route, question, request)
        reserved = await self.budget.reserve(kind, listed)
        cost, source = None, "unknown"
        try:
            common = await self.shared.enter(kind, listed)
        except BaseException:
            self.budget.settle(kind, reserved, None)
            raise
        tokens, clock = 0, asyncio.get_running_loop().time
        started = clock()
        try:
            completion = await route.backend.complete(request)
            self.calls += 1
            cost, source = self._cost(route, completion)
            tokens = completion.tokens_in + completion.tokens_out
        except ModelError as error:
            if keep_failure and not concerns_endpoint(error):
                failed = Attempt("", FAILED, str(error), "", 0, 0, 0.0, "unknown")
                self._keep(route, question, request, key, identity, failed, Completion(), clock() - started)
            raise
        finally:
            self.budget.settle(kind, reserved, cost)
            self.shared.leave(kind, common, cost, tokens)
        text, answer = completion.text, _fault_of(completion)
        if answer is None:
            answer = _judged(question, completion)
            last = request.attempt >= self.repairs
            part = _part_of(question, completion, last=last) if isinstance(answer, Fault) else None
            answer = answer if part is None else part
            if not isinstance(answer, Fault) and (part is not None or completion.value is not None):
                text = orjson.dumps(to_plain(answer)).decode()
        fault = str(answer) if isinstance(answer, Fault) else ""
        attempt = Attempt(
            text.encode(errors="replace").decode(), completion.finish_reason, fault, completion.model,
            completion.tokens_in, completion.tokens_out, cost, source,
        )  # fmt: skip
        self._keep(route, question, request, key, identity, attempt, completion, clock() - started)
        return attempt, None if fault else answer

    def _keep(
        self, route: Route, question: Question, request: Request, key: str, identity: bytes, attempt: Attempt,
        completion: Completion, seconds: float,
    ) -> None:  # fmt: skip
        if self.cache is None:
            return
        row = {
            "call_key": key, "attempt": request.attempt, "cache_key": identity, "prompt": question.digest,
            "action": question.prompt.action.value, "model": request.model, "answered_by": attempt.answered_by,
            "backend": route.backend.name, "seed": request.seed,
            "sampling": sampling_text(request.sampling or question.prompt.sampling), "answer": attempt.answer,
            "finish_reason": attempt.finish_reason, "fault": attempt.fault, "tokens_in": attempt.tokens_in,
            "tokens_out": attempt.tokens_out, "tokens_thought": completion.tokens_thought,
            "cost_usd": attempt.cost_usd, "cost_source": attempt.cost_source, "tries": completion.tries,
            "latency_ms": round(1000.0 * seconds, 3), "response_id": completion.response_id,
        }  # fmt: skip
        self.cache.keep(row, plain_messages(question.messages), question.schema)

    def _estimate(self, route: Route, question: Question, request: Request) -> float | None:
        """Most that a request may cost by the price table, every token of its room used; None without a price."""
        if self.max_cost_usd is None and self.shared.budget.limit_usd is None:
            return None
        room = (request.sampling or question.prompt.sampling).max_tokens
        listed = self._listed(route, question.size // CHARACTERS_A_TOKEN, room)
        return listed[0] if listed else None

    def _cost(self, route: Route, completion: Completion) -> tuple[float, str]:
        if completion.cost_usd is not None:
            return completion.cost_usd, "free" if completion.cost_usd == 0 else "provider"
        listed = self._listed(route, completion.tokens_in, completion.tokens_out) if completion.counted else None
        return listed or (0.0, "unknown")

    def _listed(self, route: Route, tokens_in: int, tokens_out: int) -> tuple[float, str] | None:
        """Cost by the price table, where the endpoint is the provider that the price belongs to."""
        entry = self.registry.find(route.model)
        if entry is None or entry.price is None or entry.provider != route.backend.name:
            return None
        cost = self.registry.cost_usd(route.model, tokens_in, tokens_out)
        basis = "list" if entry.price.basis == "list" else "estimated"
        return None if cost is None else (cost, f"{basis} price of {entry.price.as_of}")

    def _most_tokens(self, model: str) -> int:
        entry = self.registry.find(model)
        return LONGEST if entry is None or entry.output_tokens is None else entry.output_tokens

    def _model_of(self, route: Route, attempt: Attempt) -> str:
        """The model that records name: the one asked, but another that the registry knows where that answered.

        Servers of one's own name their models by files and paths; a marketplace may have put in another model.
        """
        named = attempt.answered_by
        if not named or named.startswith(route.model):
            return route.model
        return named if named in self.registry or route.backend.name == "openrouter" else route.model


def _fault_of(completion: Completion) -> Fault | None:
    """The fault that the finish reason alone makes."""
    if completion.finish_reason == "refusal":
        return Fault("refused", f"the model declines: {completion.refusal or 'without words'}")
    if completion.finish_reason == "content_filter":
        return Fault("filtered", "the provider's content filter held it back")
    if completion.finish_reason == "empty" and completion.value is None:
        return Fault("empty", "the server gave no answer in its reply")
    return None


def _judged(question: Question, completion: Completion) -> Any | Fault:
    if completion.value is not None:
        complaint = question.prompt.check(completion.value)
        return completion.value if complaint is None else Fault("check", complaint)
    answer = judge(question.prompt, completion.text, question.schema, question.messages)
    if isinstance(answer, Fault) and completion.finish_reason == "length":
        return Fault("truncated", "the answer was cut off at its limit of length")
    return answer


def _part_of(question: Question, completion: Completion, *, last: bool) -> Any:
    """What is usable of an answer with a fault; None where that is nothing."""
    if completion.value is not None:
        return None
    return usable_part(question.prompt, completion.text, question.schema, question.messages, last=last)
