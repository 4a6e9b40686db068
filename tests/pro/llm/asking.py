"""Asks questions through a gateway over the test server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from serving import Served

from timepoint_pro.llm.base import Backend
from timepoint_pro.llm.endpoints import Endpoint
from timepoint_pro.llm.gateway import Gateway, Route
from timepoint_pro.llm.ledger import Call
from timepoint_pro.llm.limiter import Patient
from timepoint_pro.llm.openai_compatible import OpenAICompatible
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.store.calls import CallStore
from timepoint_pro.store.database import Store

MODEL = "test/one"


def backend(server: Served, *, timeout: float = 5.0, most: int | None = None, **endpoint: Any) -> Patient:
    """A backend for the test server that loses no time between tries."""
    place = Endpoint(**{"base_url": server.url, "provider": "compatible", **endpoint})
    return Patient(OpenAICompatible(place, timeout), most, backoff_s=0.01)


def ask_all(
    answering: Backend, prompts: Sequence[Prompt[Any]], *, models: Sequence[str] = (MODEL,), **gateway: Any
) -> tuple[list[Call], Gateway]:
    """The calls that all prompts make at once, each at a place and with a seed of its own; and their gateway."""
    made = Gateway(lambda _action: [Route(answering, model) for model in models], **gateway)

    async def run() -> list[Call]:
        try:
            return await asyncio.gather(*(made.ask(one, f"T0/M11/{n}", 100 + n) for n, one in enumerate(prompts)))
        finally:
            await answering.aclose()

    return asyncio.run(run()), made


def store_in(folder: Path, run_id: str = "run_a") -> tuple[Store, CallStore]:
    """A database with one run, and its cache."""
    store = Store(folder / "runs.db")
    if not store.query("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)):
        store.add_run({"run_id": run_id, "status": "running", "cost_usd": 0.0})
    return store, CallStore(store, run_id)
