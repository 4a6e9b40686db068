"""Keys come from the environment and go to their server, and nowhere else."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from asking import ask_all, backend, store_in
from questions import ask
from serving import Served

from timepoint_pro import RunStore, Simulation
from timepoint_pro.errors import ModelError, UsageError
from timepoint_pro.llm.endpoints import OPENAI_URL, OPENROUTER_URL, find_endpoint, openai_endpoint
from timepoint_pro.llm.openai_compatible import OpenAICompatible
from timepoint_pro.templates import Template, load

KEY = "sk-secret-0123456789"


def everything_written(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_a_run_writes_its_key_nowhere(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.control(formats=["json_object", "text"])
    server.faults("leak answer", "500", "leak", "schema")
    caplog.set_level(logging.DEBUG)
    store = RunStore(tmp_path / "runs.db")
    simulation = Simulation.from_template("board_meeting", model="test/one", base_url=server.url, store=store, seed=3)
    run = simulation.run()
    run.export(tmp_path / "out", ["jsonl", "tdf"])
    store.close()
    assert server.stats()["keys"] == [f"Bearer {KEY}"]
    written = everything_written(tmp_path)
    assert b"test/one" in written
    assert KEY.encode() not in written
    assert KEY not in repr(simulation) + repr(vars(simulation)) + repr(run)
    captured = capfd.readouterr()
    assert KEY not in captured.out + captured.err
    assert KEY not in "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("timepoint"))


@pytest.mark.parametrize("kind", ["leak", "401", "leak answer"])
def test_no_error_and_no_row_shows_the_key(server: Served, tmp_path: Path, kind: str) -> None:
    server.faults(kind, times=99)
    store, cache = store_in(tmp_path)
    answering = backend(server, api_key=KEY)
    shown = repr(answering) + repr(answering.backend)
    if kind == "leak answer":
        (call,), _ = ask_all(answering, [ask()], cache=cache)
        assert call.answer.text == "the key is [key]"
    else:
        with pytest.raises(ModelError) as caught:
            ask_all(answering, [ask()], cache=cache)
        error: BaseException | None = caught.value
        while error is not None:
            shown += str(error) + repr(error) + repr(vars(error))
            error = error.__cause__ or error.__context__
    store.close()
    assert KEY not in shown
    assert KEY.encode() not in everything_written(tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "http://me:sk-secret-0123456789@host/v1", "me:sk-secret-0123456789@host/v1",
        "https://host/v1?api_key=sk-secret-0123456789", "https://host/v1#sk-secret-0123456789",
    ],
)  # fmt: skip
def test_an_address_holds_no_secret(server: Served, address: str) -> None:
    document = load("board_meeting").with_changes({"llm_config.base_url": address, "llm_config.default_model": "m"})
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        Simulation(document, store=":memory:")
    assert KEY not in str(caught.value)
    with pytest.raises(UsageError, match="OPENAI_API_KEY"):
        Simulation(load("board_meeting"), model="scripted", base_url=address, store=":memory:")


@pytest.mark.parametrize("address", ["", "host/v1", "ftp://host/v1", "http://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="expected an address"):
        find_endpoint(address, {})


def test_each_key_goes_to_its_own_server() -> None:
    both = {"OPENROUTER_API_KEY": "sk-router-1", "OPENAI_API_KEY": "sk-openai-1"}
    router = find_endpoint(None, both)
    assert router is not None
    assert (router.base_url, router.provider, router.api_key) == (OPENROUTER_URL, "openrouter", "sk-router-1")
    for base_url, environ in (("http://127.0.0.1:1/v1/", both), (None, {**both, "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})):
        own = find_endpoint(base_url, environ)
        assert own is not None
        assert (own.base_url, own.provider, own.api_key) == ("http://127.0.0.1:1/v1", "compatible", "sk-openai-1")
    alone = find_endpoint("http://127.0.0.1:1/v1", {"OPENROUTER_API_KEY": "sk-router-1"})
    assert alone is not None
    assert alone.api_key == "no-key"
    named = find_endpoint("https://eu.openrouter.ai/api/v1", both)
    assert named is not None
    assert named.api_key == "sk-router-1"
    other = find_endpoint("https://openrouter.ai.example.com/v1", {"OPENROUTER_API_KEY": "sk-router-1"})
    assert other is not None
    assert other.api_key == "no-key"
    assert find_endpoint(None, {"OPENAI_API_KEY": "sk-openai-1"}) is None
    last = openai_endpoint(both)
    assert last is not None
    assert last.base_url == OPENAI_URL


def test_a_key_with_a_line_break_is_refused_unseen() -> None:
    with pytest.raises(UsageError, match="OPENROUTER_API_KEY: expected printable") as caught:
        find_endpoint(None, {"OPENROUTER_API_KEY": "sk-secret\n-more"})
    assert "sk-secret" not in str(caught.value)


def test_a_backend_shows_its_address_but_not_its_key() -> None:
    endpoint = find_endpoint("http://127.0.0.1:1/v1", {"OPENAI_API_KEY": KEY})
    assert endpoint is not None
    assert KEY not in repr(OpenAICompatible(endpoint))
    assert "http://127.0.0.1:1/v1" in repr(OpenAICompatible(endpoint))
    assert Template.from_dict(load("board_meeting").to_dict()).llm_config.base_url is None
