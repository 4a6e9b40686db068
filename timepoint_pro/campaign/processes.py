"""Worker processes on this machine, each of which plays many runs at once on one event loop.

A run that asks a server spends its time waiting, so a process that plays one run after the other leaves its core idle.
Here each process keeps all that it was given under way, on connections that they share.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from attrs import define, field

from timepoint_pro.errors import TimepointError, UsageError
from timepoint_pro.llm.shared import Shared

T = TypeVar("T")

STOP = b""
"""What tells a process to end once its work is done."""
INTERRUPT = b"cancel"
"""What tells it to cancel what it has under way."""
NUMBER = 8
"""Bytes of the number that any work and what comes of it begin with."""


class WorkerLostError(Exception):
    """A worker process ended with work in hand. The work may be handed out again."""


@define(eq=False)
class _Worker:
    """A process, the way to it, and what it was given."""

    process: BaseProcess
    connection: Connection
    given: dict[int, Future[Any]] = field(factory=dict)
    lost: bool = False
    listener: threading.Thread = field(init=False)


class Processes(Executor):
    """An executor of so many processes; a process that dies is replaced by the next thing that is submitted.

    What is submitted holds its process up while it lasts; ``begin`` is for what waits.

    Args:
        workers: how many, >= 1.

    Raises:
        UsageError: when that is no such number.
    """

    def __init__(self, workers: int) -> None:
        if not isinstance(workers, int) or workers < 1:
            raise UsageError(f"workers: expected a whole number above 0, found {workers!r}")
        # A fresh interpreter each: a fork would copy open connections and locks.
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._number = 0
        self._closed = False
        self._workers = [self._started() for _ in range(workers)]

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Give work to the process that has the least of it.

        Raises:
            RuntimeError: after ``shutdown``.
        """
        return self._give((False, fn, args, kwargs))

    def begin(self, fn: Callable[..., Coroutine[Any, Any, T]], /, *args: Any) -> Future[T]:
        """The same for a coroutine function, which is awaited on the process's event loop, at once with others.

        Args:
            fn: gets the process's ``Shared`` as its first argument.
            args: those that follow.

        Raises:
            RuntimeError: after ``shutdown``.
        """
        return self._give((True, fn, args, {}))

    def _give(self, work: tuple[bool, Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Future[Any]:
        future: Future[Any] = Future()
        content = pickle.dumps(work)
        with self._lock:
            if self._closed:
                raise RuntimeError("the worker processes have ended")
            self._workers = [self._started() if one.lost else one for one in self._workers]
            worker = min(self._workers, key=lambda one: len(one.given))
            self._number += 1
            worker.given[self._number] = future
            # Whoever listens to a process that has ended finds that out, and says so.
            with contextlib.suppress(OSError):
                worker.connection.send_bytes(self._number.to_bytes(NUMBER, "big") + content)
        return future

    def interrupt(self) -> None:
        """Cancel what was begun; a coroutine function that answers all the same has its answer sent back."""
        with self._lock:
            for worker in self._workers:
                with contextlib.suppress(OSError):
                    worker.connection.send_bytes(INTERRUPT)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes.

        Args:
            wait: return when they have ended.
            cancel_futures: at once, and what they have in hand fails; else after it.
        """
        with self._lock:
            self._closed = True
        for worker in self._workers:
            if cancel_futures:
                worker.process.terminate()
            else:
                with contextlib.suppress(OSError):
                    worker.connection.send_bytes(STOP)
        if wait:
            for worker in self._workers:
                worker.listener.join()
                worker.process.join()

    def __exit__(self, kind: object, *_exc: object) -> None:
        """Whoever leaves by an error does not wait for work whose outcome nobody takes."""
        self.shutdown(cancel_futures=kind is not None)

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), name="timepoint-worker", daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        worker.listener = threading.Thread(target=self._listen, args=(worker,), name="timepoint-results", daemon=True)
        worker.listener.start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        """Take in what a process has done, until it ends."""
        while True:
            try:
                message = worker.connection.recv_bytes()
            except (EOFError, OSError):
                worker.connection.close()
                self._lose(worker)
                return
            future = worker.given.pop(int.from_bytes(message[:NUMBER], "big"))
            try:
                result, error = pickle.loads(message[NUMBER:])
            # An error that does not survive the way is an error all the same.
            except Exception as unread:  # noqa: BLE001
                result, error = None, RuntimeError(f"what a worker sent back cannot be read: {unread}")
            if not future.set_running_or_notify_cancel():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _lose(self, worker: _Worker) -> None:
        """A process has ended: what it had in hand has failed."""
        with self._lock:
            worker.lost = True
            left, worker.given = worker.given, {}
        for future in left.values():
            if future.set_running_or_notify_cancel():
                future.set_exception(WorkerLostError(f"worker process {worker.process.pid} ended"))


def _work(connection: Connection) -> None:
    """Do what comes, until told to stop or the other end closes. An interrupt is the other end's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(connection))


async def _serve(connection: Connection) -> None:
    loop, shared = asyncio.get_running_loop(), Shared()
    under_way: set[asyncio.Task[None]] = set()
    ended: asyncio.Future[bool] = loop.create_future()

    def take(message: bytes) -> None:
        if message == INTERRUPT:
            for task in under_way:
                task.cancel()
            return
        task = asyncio.create_task(_do(connection, message, shared))
        under_way.add(task)
        task.add_done_callback(partial(done, message[:NUMBER]))

    def done(number: bytes, task: asyncio.Task[None]) -> None:
        under_way.discard(task)
        if task.cancelled():
            _send(connection, number, None, RuntimeError("cancelled before it was done"))

    def listen() -> None:
        told = True
        try:
            while (message := connection.recv_bytes()) != STOP:
                loop.call_soon_threadsafe(take, message)
        except (EOFError, OSError):
            told = False
        loop.call_soon_threadsafe(ended.set_result, told)

    threading.Thread(target=listen, name="timepoint-work", daemon=True).start()
    if not await ended:  # nobody takes what comes of it
        for task in under_way:
            task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    await shared.aclose()


async def _do(connection: Connection, message: bytes, shared: Shared) -> None:
    """Do one thing and send back what came of it; what went wrong goes back as an error."""
    result, failed = None, None
    try:
        waits, fn, args, kwargs = pickle.loads(message[NUMBER:])
        result = await fn(shared, *args) if waits else fn(*args, **kwargs)
    # Whatever went wrong is the caller's to know.
    except Exception as error:  # noqa: BLE001
        failed = error if isinstance(error, TimepointError) else RuntimeError(f"{type(error).__name__}: {error}")
    _send(connection, message[:NUMBER], result, failed)


def _send(connection: Connection, number: bytes, result: Any, failed: Exception | None) -> None:
    """Send back what came of something; nobody is there to take it where the other end has closed."""
    try:
        body = pickle.dumps((result, failed))
    # A class may raise anything when it is pickled, and the caller waits for an answer.
    except Exception as error:  # noqa: BLE001
        words = f"what came of it cannot be sent back: {type(error).__name__}: {error}"
        body = pickle.dumps((None, RuntimeError(words)))
    with contextlib.suppress(OSError):
        connection.send_bytes(number + body)
