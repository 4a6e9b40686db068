"""When data may leave the machine, what is sent, and that no failure reaches the run. No client is needed here."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from pathlib import Path

import pytest
from fence_story import fence
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import MissingExtraError, UnknownNameError, UploadError, UsageError
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.oxen import KEY, history, push
from timepoint_pro.exporters.oxen.history import TRAILERS, Commit, matching, message_of, trailers_of
from timepoint_pro.exporters.oxen.layout import lay_out
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation

SECRET = "ox-secret-key-of-the-user"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEY, SECRET)
    return SECRET


def client(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module ``oxen`` of these words before any other, here and in processes started from here."""
    package = folder / "clients" / "oxen"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(body)
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))


def test_the_folder_of_a_run_has_the_documented_layout(run: Run, tmp_path: Path) -> None:
    layout = lay_out(Source(run.store, run.run_id), tmp_path / "out")
    assert layout.place == "runs/run_fence"
    assert layout.files == (
        "training_data.jsonl", "training_data.provenance_qa.jsonl", "tdf_export.json", "metadata.json",
    )  # fmt: skip
    records = [json.loads(line) for line in (tmp_path / "out" / "training_data.jsonl").read_text().splitlines()]
    assert records == list(run.training_examples())
    assert json.loads((tmp_path / "out" / "tdf_export.json").read_text())["@type"] == "RenderedFuture"
    described = json.loads((tmp_path / "out" / "metadata.json").read_text())
    assert described["tasks"]["dialog_turn"]["records"] == len(records)
    for name, digest in described["sha256"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest


def test_the_message_carries_what_runs_are_found_by(run: Run, tmp_path: Path) -> None:
    found = trailers_of(lay_out(Source(run.store, run.run_id), tmp_path / "out").message)
    assert list(found) == list(TRAILERS)
    assert (found["temporal_mode"], found["model"], found["seed"]) == ("forward", "scripted", "3")
    assert {"M3", "M11"} <= set(found["mechanisms"].split(","))


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"status": "failed"}, "not completed but failed"), ({"training_safe": 0}, "not every licence of its models")],
)
def test_what_may_not_leave_is_refused(
    run: Run, store: RunStore, key: str, changes: dict[str, object], why: str
) -> None:
    store.update_run(run.run_id, **changes)
    with pytest.raises(UsageError, match=why):
        push(run)


def test_a_template_that_does_not_ask_for_it_stays_here(
    store: RunStore, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    run = Simulation(fence(export_ml_dataset=False), store=store).run()
    assert not caplog.records
    with pytest.raises(UsageError, match="export_ml_dataset"):
        push(run)


def test_without_the_key_nothing_is_tried(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    assert not caplog.records
    with pytest.raises(UsageError, match="OXEN_API_KEY is not set"):
        push(run)


def test_without_the_client_the_run_completes_and_says_so(
    store: RunStore, key: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "oxen", None)
    run = Simulation(fence(), store=store, run_id="run_kept").run()
    assert run.status == "completed"
    (record,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert "timepoint-pro[oxen]" in record.getMessage()
    assert "timepoint oxen push run_kept" in record.getMessage()
    with pytest.raises(MissingExtraError, match=r"timepoint-pro\[oxen\]"):
        push(run)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"raise ValueError('no luck with {SECRET}')", "ValueError: no luck with ..."),
        ("import os; os._exit(9)", "ended with code 9"),
        ("class RemoteRepo:\n    def __init__(self, *a, **b): raise ValueError('x' * 5000)", "xxx"),
    ],
)
def test_a_client_that_fails_is_told_without_the_key(
    run: Run, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    client(tmp_path, body, monkeypatch)
    with pytest.raises(UploadError) as caught:
        push(run, local=tmp_path / "repository") if "RemoteRepo" not in body else push(
            run, repository="me/data", host="http://127.0.0.1:9"
        )
    assert SECRET not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert said in str(caught.value) or "cannot be reached" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"host": "http://hub.example"}, "in the open"),
        ({"host": "ftp://hub.example"}, "expected a host"),
        ({"host": "https://hub.example/path"}, "expected a host"),
        ({"repository": "a/b/c"}, "NAMESPACE/NAME"),
        ({"repository": "../data"}, "NAMESPACE/NAME"),
        ({"repository": "me/data", "local": "here"}, "not both"),
    ],
)
def test_an_address_that_cannot_serve_is_named(key: str, arguments: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        history(**arguments)


COMMITS = [
    Commit("c1", message_of("Run a", {"temporal_mode": "portal", "cost_usd": 0.42, "mechanisms": ["M3", "M12"]})),
    Commit("c2", message_of("Run b", {"temporal_mode": "portal", "cost_usd": 0.5, "mechanisms": ["M3"]})),
    Commit("c3", message_of("Run c", {"temporal_mode": "forward", "cost_usd": 0.0, "mechanisms": []})),
    Commit("c4", "Initial commit"),
]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (["temporal_mode=portal", "cost_usd<0.50"], ["c1"]),
        (["cost_usd<=0.5"], ["c1", "c2", "c3"]),
        (["cost_usd=0.50"], ["c2"]),
        (["temporal_mode!=portal"], ["c3"]),
        (["mechanisms=M12"], ["c1"]),
        ([" cost_usd >= 0.42 "], ["c1", "c2"]),
        ([], ["c1", "c2", "c3", "c4"]),
    ],
)
def test_filters_find_uploads(filters: list[str], ids: list[str]) -> None:
    assert [one.id for one in matching(COMMITS, filters)] == ids


@pytest.mark.parametrize("text", ["portal", "cost_usd<cheap", "=portal", "cost_usd<", ""])
def test_what_is_no_filter_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="filter"):
        matching(COMMITS, [text])


def test_a_key_that_uploads_do_not_have_is_named() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'cost_usd'"):
        matching(COMMITS, ["cost<1"])


@given(title=st.text(max_size=40), values=st.dictionaries(st.sampled_from(TRAILERS), st.text(min_size=1, max_size=40)))
def test_no_value_breaks_out_of_its_line(title: str, values: dict[str, str]) -> None:
    found = trailers_of(message_of(title, values))
    assert set(found) <= set(values)
    assert {key: " ".join(value.split()) for key, value in values.items()} == found
