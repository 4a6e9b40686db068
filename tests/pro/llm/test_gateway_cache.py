"""The call cache, the ledger, the budget and the chain of models."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from asking import ask_all, backend, store_in
from questions import Line, ask
from serving import Served

from timepoint_pro.errors import AnswerError, BudgetReachedError, ModelError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.gateway import Gateway, Route
from timepoint_pro.llm.registry import load_registry

PROMPTS = [ask("fog"), ask("ships"), ask("gulls")]


def test_a_finished_call_is_not_asked_again(server: Served, tmp_path: Path) -> None:
    server.control(cost=0.01)
    server.faults("schema")
    _, cache = store_in(tmp_path)
    first, _ = ask_all(backend(server), PROMPTS, cache=cache)
    sent = server.requests
    again, gateway = ask_all(backend(server), PROMPTS, cache=store_in(tmp_path)[1])
    assert again == first, "cost, tokens and attempts are those of the call"
    assert server.requests == sent == 4
    assert gateway.spent_usd == 0.0
    assert gateway.found == 4


def test_changing_one_prompt_asks_one_call(server: Served, tmp_path: Path) -> None:
    _, cache = store_in(tmp_path)
    ask_all(backend(server), PROMPTS, cache=cache)
    ask_all(backend(server), [PROMPTS[0], ask("seals"), PROMPTS[2]], cache=cache)
    assert server.requests == 4


@pytest.mark.parametrize("change", [{"temperature": 0.1}, {"max_tokens": 99}, {"presence_penalty": 0.5}])
def test_other_sampling_is_another_call(server: Served, tmp_path: Path, change: dict[str, float]) -> None:
    _, cache = store_in(tmp_path)
    ask_all(backend(server), [ask()], cache=cache)
    ask_all(backend(server), [ask(**change)], cache=cache)
    ask_all(backend(server), [ask()], models=["test/two"], cache=cache)
    assert server.requests == 3


def test_prompts_are_kept_once_and_another_run_pays_nothing(server: Served, tmp_path: Path) -> None:
    server.control(cost=0.01)
    store, cache = store_in(tmp_path)
    server.faults("malformed")
    first, _ = ask_all(backend(server), [ask()], cache=cache)
    (call,), gateway = ask_all(backend(server), [ask()], cache=store_in(tmp_path, "run_b")[1])
    assert server.requests == 2
    assert call.answer == first[0].answer
    assert (call.cost_usd, call.cost_source, gateway.spent_usd) == (0.0, "call cache", 0.0)
    assert len(store.query("SELECT * FROM llm_prompts")) == 1
    assert cache.spent_usd() == pytest.approx(0.02)
    store.delete_run("run_a")
    assert store.query("SELECT * FROM llm_prompts") == store.query("SELECT * FROM llm_attempts") == []


def test_the_same_call_from_two_places_is_sent_once(server: Served, tmp_path: Path) -> None:
    server.control(latency=0.05)
    _, cache = store_in(tmp_path)
    answering = backend(server)
    gateway = Gateway(lambda _action: [Route(answering, "test/one")], cache=cache)

    async def run() -> list[Line]:
        calls = await asyncio.gather(*(gateway.ask(ask(), f"T{n}/M11", 5) for n in range(5)))
        await answering.aclose()
        return [call.answer for call in calls]

    answers = asyncio.run(run())
    assert server.requests == 1
    assert len(set(answers)) == 1


def test_without_counts_a_cost_is_unknown_and_a_price_belongs_to_its_provider(server: Served) -> None:
    model = "deepseek/deepseek-chat"
    (priced,), _ = ask_all(backend(server, provider="openrouter"), [ask()], models=[model])
    assert priced.cost_source == "estimated price of 2025-06"
    assert priced.cost_usd == load_registry().cost_usd(model, priced.tokens_in, priced.tokens_out)
    (own,), _ = ask_all(backend(server), [ask()], models=[model])
    assert (own.cost_usd, own.cost_source) == (0.0, "unknown")
    server.control(usage=False)
    (uncounted,), _ = ask_all(backend(server, provider="openrouter"), [ask()], models=[model])
    assert (uncounted.cost_usd, uncounted.cost_source) == (0.0, "unknown")


@pytest.mark.parametrize("most", [1, 20])
def test_the_budget_stops_before_the_call_that_would_pass_it(server: Served, tmp_path: Path, most: int) -> None:
    server.control(cost=0.01, latency=0.01)
    prompts = [ask(f"ship {number}") for number in range(40)]
    _, cache = store_in(tmp_path)
    ask_all(backend(server), prompts[:1], cache=cache, max_cost_usd=1.0)
    with pytest.raises(BudgetReachedError, match=r"--max-cost") as caught:
        ask_all(
            backend(server, most=most), prompts, cache=cache, max_cost_usd=0.105, spent_before_usd=cache.spent_usd(),
            dearest=cache.dearest(),
        )  # fmt: skip
    assert caught.value.spent == cache.spent_usd() == pytest.approx(0.10)
    calls, gateway = ask_all(
        backend(server), prompts, cache=cache, max_cost_usd=5.0, spent_before_usd=cache.spent_usd()
    )
    assert len(calls) == 40
    assert gateway.found >= 10


def test_where_no_price_is_known_one_call_finds_it_out(server: Served) -> None:
    server.control(cost=0.01)
    prompts = [ask(f"ship {number}") for number in range(40)]
    with pytest.raises(BudgetReachedError) as caught:
        ask_all(backend(server), prompts, max_cost_usd=0.055)
    assert caught.value.spent == pytest.approx(0.05)


def test_with_a_price_even_the_first_calls_keep_to_the_budget(server: Served) -> None:
    prompts = [ask(f"ship {number}") for number in range(30)]
    with pytest.raises(BudgetReachedError):
        ask_all(
            backend(server, provider="openrouter"), prompts, models=["mistralai/mixtral-8x22b-instruct"],
            max_cost_usd=0.0005,
        )  # fmt: skip
    assert server.requests == 0, "512 tokens of room may cost more than the cap"


def test_the_next_model_of_the_chain_answers_and_stays_the_answer(server: Served, tmp_path: Path) -> None:
    store, cache = store_in(tmp_path)
    server.faults("refusal", times=4)
    (call,), _ = ask_all(backend(server), [ask()], models=["test/one", "test/two"], cache=cache)
    assert call.model == "test/two"
    assert call.attempts == server.requests == 5
    server.faults("500", times=5)
    (other,), _ = ask_all(backend(server), [ask("gulls")], models=["test/one", "test/two"], cache=cache)
    assert other.model == "test/two"
    sent = server.requests
    again, _ = ask_all(backend(server), [ask()], models=["test/one", "test/two"], cache=cache)
    assert again[0] == call
    (kept,), _ = ask_all(backend(server), [ask("gulls")], models=["test/one", "test/two"], cache=cache)
    assert kept.model == "test/two", "a failure that another model made good is not tried again"
    assert server.requests == sent
    assert store.query("SELECT count(*) AS n FROM llm_attempts WHERE finish_reason = 'failed'") == [{"n": 1}]


def test_a_chain_that_fails_says_why_each_did_and_is_asked_anew_later(server: Served, tmp_path: Path) -> None:
    _, cache = store_in(tmp_path)
    server.faults("refusal", times=8)
    with pytest.raises(AnswerError, match=r"(?s)no model of the chain.*test/one gave.*test/two gave"):
        ask_all(backend(server), [ask()], models=["test/one", "test/two"], cache=cache)
    (call,), _ = ask_all(backend(server), [ask()], models=["test/one", "test/two"], cache=cache)
    assert (call.model, call.attempts) == ("test/one", 1)


def test_a_refused_key_ends_the_chain_at_once(server: Served) -> None:
    server.faults("401")
    with pytest.raises(ModelError, match="401"):
        ask_all(backend(server), [ask()], models=["test/one", "test/two"])
    assert server.requests == 1


def test_where_nobody_listens_no_other_model_is_tried(server: Served, each_transport: None) -> None:
    nowhere = backend(server, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ModelError, match=r"test/one: the connection to .* failed") as caught:
        ask_all(nowhere, [ask()], models=["test/one", "test/two"])
    assert "test/two" not in str(caught.value)


def test_a_connection_that_breaks_is_no_reason_not_to_ask_another(server: Served, each_transport: None) -> None:
    server.faults("drop", times=5)
    (call,), _ = ask_all(backend(server), [ask()], models=["test/one", "test/two"])
    assert (call.model, server.requests) == ("test/two", 6)


def test_another_known_model_that_answers_is_named(server: Served) -> None:
    server.control(model="meta-llama/llama-3.1-8b-instruct")
    (call,), _ = ask_all(backend(server), [ask()])
    assert call.model == "meta-llama/llama-3.1-8b-instruct"
    server.control(model="/srv/models/some-file.gguf")
    (own,), _ = ask_all(backend(server), [ask()])
    assert own.model == "test/one"


class Keeper:
    """A user's own backend that answers with values."""

    name = "keeper"

    def __init__(self) -> None:
        self.asked = 0

    async def complete(self, request: Request, /) -> Completion:
        self.asked += 1
        text = "here be dragons" if request.attempt == 0 else "all is well"
        return Completion(value=Line(text, "calm", ("north",)), model="keeper-1", cost_usd=0.5)

    async def aclose(self) -> None:
        """Nothing is open."""


def test_a_backend_of_ones_own_is_checked_and_cached_too(tmp_path: Path) -> None:
    _, cache = store_in(tmp_path)
    keeper = Keeper()
    (call,), _ = ask_all(keeper, [ask()], cache=cache)
    assert call.answer == Line("all is well", "calm", ("north",))
    assert (call.attempts, call.cost_usd, call.cost_source) == (2, 1.0, "provider")
    again, _ = ask_all(keeper, [ask()], cache=cache)
    assert again == [call]
    assert keeper.asked == 2
