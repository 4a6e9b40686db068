"""Awaiting from where nobody awaits: what a caller without ``await`` needs to play a run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Do ``work`` to its end, also inside a running event loop (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return in_thread(work)


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Do ``work`` in a thread of its own, for callers whose thread runs an event loop already.

    An interrupt of the caller cancels the work and waits until what it finished is kept.
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(work)
    thread = threading.Thread(target=_finish, args=(loop, task), name="timepoint-run", daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
    return task.result()


def _finish(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    """Run ``task`` to its end in this thread; its outcome stays in it."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(asyncio.wait([task]))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
