"""Every fault that a server can show: the answer comes all the same, or an error that names the fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asking import MODEL, ask_all, backend, store_in
from questions import ask
from serving import Served

from timepoint_pro.errors import AnswerError, ModelError

REPAIRED = {
    "malformed": "no json", "prose": "no json", "schema": "schema", "control": "characters",
    "surrogate": "characters", "echo": "echo", "empty": "empty", "no choices": "empty", "refusal": "refused",
    "filter": "filtered", "truncated": "truncated",
}  # fmt: skip
SENT_AGAIN = ["429", "500", "503", "drop", "type", "body", "inner error"]


@pytest.mark.parametrize(("kind", "name"), REPAIRED.items())
def test_an_unusable_answer_is_named_and_asked_again(server: Served, tmp_path: Path, kind: str, name: str) -> None:
    server.faults(kind)
    store, cache = store_in(tmp_path)
    (call,), _ = ask_all(backend(server), [ask()], cache=cache)
    assert call.attempts == server.requests == 2
    rows = store.query("SELECT attempt, fault FROM llm_attempts ORDER BY id")
    assert [row["attempt"] for row in rows] == [0, 1]
    assert rows[0]["fault"].startswith(f"{name}: ")
    assert rows[1]["fault"] == ""


@pytest.mark.parametrize("kind", SENT_AGAIN)
def test_a_passing_failure_is_sent_again_and_is_no_attempt(server: Served, each_transport: None, kind: str) -> None:
    server.faults(kind)
    (call,), _ = ask_all(backend(server), [ask()])
    assert call.attempts == 1
    assert server.requests == 2


@pytest.mark.parametrize("kind", ["hang", "trickle"])
def test_one_call_has_a_bound_on_its_whole_time(server: Served, each_transport: None, kind: str) -> None:
    server.faults(kind)
    (call,), _ = ask_all(backend(server, timeout=1.0), [ask()])
    assert call.attempts == 1
    assert server.requests == 2


@pytest.mark.parametrize(
    ("kind", "times", "said"),
    [
        ("hang", 3, "has not answered whole within 0.8 s"),
        ("500", 5, "failed \\(500\\): told to fail with 500"),
        ("type", 3, "of type text/html, expected application/json"),
        ("body", 3, "is not JSON"),
        ("401", 1, "refuses the key \\(401\\): set the right one in OPENAI_API_KEY"),
        ("402", 1, "no credit left"),
        ("404", 1, "knows no model 'test/one'"),
    ],
)
def test_a_lasting_failure_ends_in_an_error_that_names_it(server: Served, kind: str, times: int, said: str) -> None:
    server.faults(kind, times=99)
    with pytest.raises(ModelError, match=said) as caught:
        ask_all(backend(server, timeout=0.8 if kind == "hang" else 20.0), [ask()])
    assert server.requests == times
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or "Authorization" not in repr(vars(caught.value.__context__))


def test_no_server_at_all_names_the_address(server: Served) -> None:
    gone = Served()
    gone.stop()
    with pytest.raises(ModelError, match=f"the connection to {gone.url} failed"):
        ask_all(backend(gone), [ask()])


@pytest.mark.parametrize(("kind", "name"), [("malformed", "no json"), ("refusal", "refused"), ("schema", "schema")])
def test_repair_is_bounded(server: Served, kind: str, name: str) -> None:
    server.faults(kind, times=99)
    with pytest.raises(AnswerError, match="in 4 attempts; the last one was") as caught:
        ask_all(backend(server), [ask()])
    assert caught.value.details["fault"] == name
    assert server.requests == 4


def test_repair_shows_the_model_its_answer_and_what_was_wrong(server: Served) -> None:
    server.faults("schema")
    ask_all(backend(server), [ask()])
    *_, answer, complaint = server.stats()["last"]["messages"]
    assert answer["role"] == "assistant"
    assert json.loads(answer["content"])["text"] == 17
    assert complaint["role"] == "user"
    assert "$" in complaint["content"]
    assert '"required":["text","mood","lamps","height"]' in complaint["content"]


def test_a_cut_off_answer_gets_more_room_and_no_complaint(server: Served) -> None:
    server.faults("truncated", times=2)
    (call,), _ = ask_all(backend(server), [ask(max_tokens=500)])
    last = server.stats()["last"]
    assert call.attempts == 3
    assert last["max_tokens"] == 8000
    assert len(last["messages"]) == 2


def test_all_sampling_parameters_and_the_seed_are_sent(server: Served) -> None:
    given = {"temperature": 0.3, "top_p": 0.9, "max_tokens": 321, "frequency_penalty": 0.2, "presence_penalty": 0.4}
    ask_all(backend(server), [ask(**given)])
    last = server.stats()["last"]
    assert {name: last[name] for name in given} == given
    assert last["seed"] == 100
    assert last["model"] == MODEL
    assert last["response_format"]["type"] == "json_schema"
    assert "usage" not in last


def test_openrouter_is_asked_for_its_cost(server: Served) -> None:
    server.control(cost=0.00125)
    (call,), _ = ask_all(backend(server, provider="openrouter"), [ask()])
    assert server.stats()["last"]["usage"] == {"include": True}
    assert (call.cost_usd, call.cost_source) == (0.00125, "provider")


@pytest.mark.parametrize("kind", ["think", "open think", "fence", "echo before", "unicode"])
def test_what_stands_around_an_answer_is_no_fault(server: Served, tmp_path: Path, kind: str) -> None:
    server.faults(kind)
    store, cache = store_in(tmp_path)
    (call,), _ = ask_all(backend(server), [ask()], cache=cache)
    assert call.attempts == 1
    assert call.answer.mood in ("calm", "wary")
    kept = store.query("SELECT answer, tokens_thought FROM llm_attempts")[0]
    assert "<think>" not in kept["answer"]
    assert "muse" not in kept["answer"]
    assert kept["tokens_thought"] == (50 if kind == "think" else 0)


def test_answers_are_held_to_json_as_strictly_as_the_server_allows(server: Served) -> None:
    for formats, wanted in ((["json_object", "text"], "json_object"), (["text"], None)):
        server.reset()
        server.control(formats=formats)
        refused = 2 - len(formats) + 1
        answering = backend(server, most=1)
        calls, _ = ask_all(answering, [ask("fog"), ask("ships")])
        assert [call.attempts for call in calls] == [1, 1]
        last = server.stats()["last"]
        assert last.get("response_format", {}).get("type") == wanted
        assert "JSON Schema: {" in last["messages"][0]["content"]
        assert server.requests == 2 + refused, "the way is found once, and remembered"


def test_a_parameter_that_the_server_does_not_take_is_left_out(server: Served) -> None:
    server.control(unsupported=["max_tokens", "presence_penalty"])
    (call,), _ = ask_all(backend(server), [ask(max_tokens=77)])
    last = server.stats()["last"]
    assert last["max_completion_tokens"] == 77
    assert "presence_penalty" not in last
    assert "seed" in last
    assert call.attempts == 1
