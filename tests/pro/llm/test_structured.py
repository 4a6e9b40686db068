"""From text to a checked answer: what is around it does no harm, what is in it is checked."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from questions import SYSTEM, Line, ask

from timepoint_pro.llm.base import PassingError
from timepoint_pro.llm.chat_reply import read_reply, shown
from timepoint_pro.llm.structured import Fault, judge, restore, without_thoughts

PROMPT = ask()
SCHEMA = PROMPT.schema()
SENT = PROMPT.messages()

plain = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="<>{}`")
words = st.text(plain, min_size=1, max_size=80)
lines = st.builds(
    Line,
    words,
    st.sampled_from(["calm", "wary"]),
    st.lists(st.sampled_from(["north", "south"]), unique=True).map(tuple),
    st.floats(0, 9, allow_nan=False),
)


def text_of(line: Line) -> str:
    return json.dumps({"text": line.text, "mood": line.mood, "lamps": line.lamps, "height": line.height})


@given(lines, words, words)
def test_an_answer_is_found_in_what_stands_around_it(line: Line, before: str, after: str) -> None:
    text = text_of(line)
    for dressed in (
        text, f"  \n{text}\n", f"```json\n{text}\n```", f"{before}\n```\n{text}\n```\n{after}",
        f"{before} {text} {after}",
        f"<think>{before} {{}} </think>{text}", f"<THINKING>{before}</THINKING>\n\n{text}", f"{before}</think>{text}",
        f'{SYSTEM} {{"type": "object"}} {text}',
    ):  # fmt: skip
        assert judge(PROMPT, without_thoughts(dressed), SCHEMA, SENT) == line


@given(lines)
def test_what_was_accepted_is_restored(line: Line) -> None:
    assert restore(PROMPT, text_of(line)) == judge(PROMPT, text_of(line), SCHEMA, SENT) == line


@given(lines, st.lists(st.sampled_from(["north", "south"]), min_size=1, max_size=6))
def test_what_is_named_twice_is_meant_once(line: Line, lamps: list[str]) -> None:
    text = json.dumps({"text": line.text, "mood": line.mood, "lamps": lamps, "height": line.height})
    answer = judge(PROMPT, text, SCHEMA, SENT)
    assert isinstance(answer, Line)
    assert answer.lamps == tuple(dict.fromkeys(lamps))
    assert restore(PROMPT, text) == answer


@given(st.text(max_size=300))
def test_any_text_gives_an_answer_or_a_named_fault(text: str) -> None:
    outcome = judge(PROMPT, without_thoughts(text), SCHEMA, SENT)
    assert isinstance(outcome, Fault)
    assert outcome.words


def json_with(*keys: str) -> st.SearchStrategy[object]:
    """Any JSON, with objects of these keys."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=5),
        max_leaves=16,
    )


@given(json_with("text", "mood", "lamps", "height", "x"))
def test_any_json_gives_a_valid_line_or_a_fault(value: object) -> None:
    outcome = judge(PROMPT, json.dumps(value), SCHEMA, SENT)
    if not isinstance(outcome, Fault):
        assert outcome.mood in ("calm", "wary")
        assert 0 <= outcome.height <= 9
        assert outcome.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "no json"),
        ("[1, 2]", "no json"),
        ("{" * 5000, "no json"),
        ('{"a":' * 3000, "no json"),
        ('{"text": "a", "mood": "calm", "lamps": [], "height": NaN}', "no json"),
        ('{"text": "a", "mood": "calm", "lamps": [], "height": 1e999}', "schema"),
        ('{"text": "a", "mood": "angry", "lamps": [], "height": 1}', "schema"),
        ('{"text": "a\\u0000b", "mood": "calm", "lamps": [], "height": 1}', "characters"),
        ('{"text": "a\tb\x1bc", "mood": "calm", "lamps": [], "height": 1}', "characters"),
        ('{"text": "<think>x</think> b", "mood": "calm", "lamps": [], "height": 1}', "thoughts"),
        ('{"text": "here be dragons", "mood": "calm", "lamps": [], "height": 1}', "check"),
    ],
)
def test_faults_bear_their_names(text: str, name: str) -> None:
    outcome = judge(PROMPT, text, SCHEMA, SENT)
    assert isinstance(outcome, Fault)
    assert outcome.name == name


def test_a_line_break_in_speech_is_no_fault() -> None:
    text = '{"text": "one\ntwo\\tthree", "mood": "calm", "lamps": [], "height": 1}'
    assert judge(PROMPT, text, SCHEMA, SENT) == Line("one\ntwo\tthree", "calm", (), 1)


@given(st.binary(max_size=200), st.sampled_from(["", "application/json", "text/html", "application/problem+json"]))
def test_any_body_is_a_failure_that_may_pass(body: bytes, kind: str) -> None:
    with pytest.raises(PassingError):
        read_reply(body, kind, "m")


@given(json_with("choices", "message", "content", "usage", "cost", "prompt_tokens", "finish_reason", "refusal"))
def test_a_reply_of_any_shape_is_a_completion_or_a_failure_that_may_pass(reply: object) -> None:
    try:
        completion = read_reply(json.dumps(reply).encode(), "application/json", "m")
    except PassingError:
        return
    assert completion.tokens_in >= 0
    assert completion.cost_usd is None or completion.cost_usd >= 0


@given(st.text(max_size=3000))
def test_foreign_words_become_one_short_printable_line(text: str) -> None:
    line = shown(text)
    assert line.isprintable()
    assert len(line) <= 300
