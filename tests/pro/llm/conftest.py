"""One test server for the tests of this folder, reset before each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

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


@pytest.fixture(params=["httpx", "aiohttp"])
def each_transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with each transport of the SDK's that the backend may use."""
    fast = request.param == "aiohttp"
    if fast and find_spec("aiohttp") is None:
        pytest.skip("needs pip install 'timepoint-pro[fast]'")
    monkeypatch.setattr("timepoint_pro.llm.openai_compatible.has_aiohttp", lambda: fast)
