"""One test server for the tests of this folder, reset before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import Served

KEYS = ("OPENROUTER_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OXEN_API_KEY", "TIMEPOINT_MODELS")


@pytest.fixture(scope="session")
def running_server() -> Iterator[Served]:
    with Served() as served:
        yield served


@pytest.fixture
def server(running_server: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    running_server.reset()
    return running_server
