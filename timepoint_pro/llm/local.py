"""A model in this process, by llama.cpp (package xllamacpp, extra ``local``): for trying the real path offline.

It reads the messages of any model, writes within a grammar made from the answer's schema, and its answers go through
the same checks as a server's. One answer at a time; the same file, request and number of threads give the same words.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from attrs import define, field

from timepoint_pro.errors import MissingExtraError, ModelError, UsageError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.chat_reply import error_words, shown
from timepoint_pro.llm.local_answers import bounded, settled
from timepoint_pro.llm.local_files import local_model, verified
from timepoint_pro.llm.registry import load_registry
from timepoint_pro.prompts.base import Message

LOCAL = "local"
THREADS_VARIABLE = "TIMEPOINT_LOCAL_THREADS"
MOST_THREADS = 64
CONTEXT_TOKENS = 8192
SEEDS = 2**31 - 1
REPEAT_PENALTY = 1.1
"""Keeps the smallest models from saying one phrase until their room is full."""
SILENT = -1


@define(eq=False)
class LocalModels:
    """A backend that answers in this process. A model is loaded with its first call, and let go with ``aclose``.

    Args:
        threads: of the processor that one answer uses; None: ``TIMEPOINT_LOCAL_THREADS``, else one.
    """

    threads: int | None = None
    _loaded: dict[str, _Loaded] = field(init=False, factory=dict, repr=False)
    _turn: asyncio.Lock = field(init=False, factory=asyncio.Lock, repr=False)

    @property
    def name(self) -> str:
        """``"local"``."""
        return LOCAL

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request.

        Raises:
            ModelError: when the model cannot be loaded, or the prompt is longer than it can read.
        """
        stop = threading.Event()
        async with self._turn:
            work = asyncio.get_running_loop().run_in_executor(None, self._answer, request, stop)
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                stop.set()
                await asyncio.wait([work])
                raise

    async def aclose(self) -> None:
        """Let go of the models."""
        loaded, self._loaded = self._loaded, {}
        for one in loaded.values():
            await asyncio.to_thread(one.close)

    def _answer(self, request: Request, stop: threading.Event) -> Completion:
        loaded = self._loaded.get(request.model)
        if loaded is None:
            loaded = self._loaded[request.model] = _Loaded(request.model, _threads(self.threads))
        reply = loaded.reply(_body(request), stop)
        return Completion(
            text=_text(request, reply.text), model=loaded.revision, tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out, cost_usd=0.0, finish_reason=reply.finish_reason,
        )  # fmt: skip


def check_local(model: str) -> None:
    """Make sure that a model can be loaded here.

    Raises:
        UnknownNameError: when there is no such local model.
        MissingExtraError: when llama.cpp is not installed.
        UsageError: when the model's file is not here, or the number of threads is none.
        DataError: when the file is not what it should be.
    """
    known = local_model(model)
    _llama(model)
    _threads(None)
    verified(known)


@define
class _Reply:
    """The pieces of an answer as they come."""

    text: str = ""
    finish_reason: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    failure: str = ""

    def take(self, piece: Any) -> None:
        """Add one piece."""
        if "error" in piece:
            self.failure = error_words(piece) or "it gives no reason"
            return
        for choice in piece.get("choices", ()):
            self.text += choice.get("delta", {}).get("content") or ""
            if choice.get("finish_reason") == "length":
                self.finish_reason = "length"
        usage = piece.get("usage")
        if usage:
            self.tokens_in, self.tokens_out = usage["prompt_tokens"], usage["completion_tokens"]


class _Loaded:
    """A model in memory."""

    def __init__(self, model: str, threads: int) -> None:
        llama, known = _llama(model), local_model(model)
        path = verified(known)
        self.model, self.revision = model, f"{model}@sha256:{known.sha256[:16]}"
        entry = load_registry().find(model)
        self._context = (entry.context_tokens if entry is not None else None) or CONTEXT_TOKENS
        self._place = tempfile.TemporaryDirectory(prefix="timepoint-")
        try:
            self._server: Any = llama.Server(self._parameters(llama, path, threads))
        except (RuntimeError, ValueError) as error:
            self._place.cleanup()
            raise ModelError(f"llama.cpp cannot load {path} ({shown(str(error))})", model=model) from error

    def _parameters(self, llama: Any, path: Path, threads: int) -> Any:
        parameters = llama.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx, parameters.n_parallel, parameters.warmup = self._context, 1, False
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        parameters.verbosity, parameters.ui = SILENT, False
        # llama.cpp listens though nobody need connect: on a socket in a folder of this user's, or behind a key.
        parameters.api_keys = [secrets.token_hex(16)]
        if os.name == "posix":
            parameters.hostnames = [str(Path(self._place.name) / "llama.sock")]
        else:
            parameters.port = 0
        return parameters

    def reply(self, body: dict[str, Any], stop: threading.Event) -> _Reply:
        """The answer to one request; cut short when ``stop`` is set."""
        reply = _Reply()

        def take(piece: Any) -> bool:
            reply.take(piece)
            return stop.is_set()

        try:
            self._server.handle_chat_completions(body, take)
        except (RuntimeError, ValueError) as error:
            reply.failure = shown(str(error))
        if reply.failure:
            raise ModelError(
                f"{self.model} cannot answer: {reply.failure}. It reads and writes {self._context} tokens at most; a "
                "template with fewer people and facts asks shorter questions",
                model=self.model,
            )
        return reply

    def close(self) -> None:
        """Free the memory."""
        self._server = None
        self._place.cleanup()


def _body(request: Request) -> dict[str, Any]:
    sampling = request.sampling or request.prompt.sampling
    return {
        "messages": [_plain(one) for one in (*request.messages, *request.repair)],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": type(request.prompt).__name__, "schema": bounded(request.schema)},
        },
        "temperature": sampling.temperature, "top_p": sampling.top_p, "max_tokens": sampling.max_tokens,
        "frequency_penalty": sampling.frequency_penalty, "presence_penalty": sampling.presence_penalty,
        "repeat_penalty": REPEAT_PENALTY, "seed": (request.seed + request.attempt) % SEEDS,
        # A prompt that was partly read before gives other roundings, so other words.
        "cache_prompt": False,
        # In pieces, so that it can be stopped: while reading too.
        "stream": True, "stream_options": {"include_usage": True}, "return_progress": True,
    }  # fmt: skip


def _plain(message: Message) -> dict[str, str]:
    """A message without the marks by which chat templates part the voices: a story must not open one."""
    content = message.content.replace("<|", "< |").encode(errors="replace").decode()
    return {"role": message.role, "content": content}


def _text(request: Request, text: str) -> str:
    """The answer with what code settles; as it is where it is no whole JSON."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return text
    return orjson.dumps(settled(request.prompt, value, request.schema)).decode()


def _llama(model: str) -> Any:
    try:
        import xllamacpp
    except ImportError:
        raise MissingExtraError("local", f"the model {model}") from None
    return xllamacpp


def _threads(given: int | None, environ: Mapping[str, str] | None = None) -> int:
    text = str(given) if given is not None else (os.environ if environ is None else environ).get(THREADS_VARIABLE, "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_THREADS:
        raise UsageError(f"{THREADS_VARIABLE}: expected a whole number from 1 to {MOST_THREADS}, found {text!r}")
    return int(text)
