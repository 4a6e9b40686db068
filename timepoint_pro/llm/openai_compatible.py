"""Models behind OpenAI's chat protocol: OpenRouter, and any server that speaks it (vLLM, Ollama, llama.cpp ...).

One request, one answer or one named failure; trying again is ``limiter.Patient``'s, checking the answer the
gateway's.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attrs import define, field

from timepoint_pro.errors import ModelError
from timepoint_pro.llm.base import Completion, PassingError, Request
from timepoint_pro.llm.chat_reply import error_words, failure_of, read_reply, shown
from timepoint_pro.llm.dialect import Dialect
from timepoint_pro.llm.endpoints import NO_KEY, OPENAI_KEY, OPENROUTER_KEY, Endpoint
from timepoint_pro.llm.registry import ModelRegistry, load_registry

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TIMEOUT_S = 300.0
CONNECT_S = 30.0
CONNECTIONS = 48
"""Calls in flight on one connection pool of httpx, which looks through all its connections for every request."""
AIOHTTP_CONNECTIONS = 1024
"""The same of aiohttp, which finds a free one at once."""
REASONING_ROOM = 4096
OBJECTIONS = frozenset({400, 415, 422, 501})
LEAST_SECRET = 6

logger = logging.getLogger("timepoint_pro.llm")


@define(eq=False)
class _Client:
    """The SDK with a connection pool, and its calls in flight."""

    sdk: AsyncOpenAI
    in_flight: int = 0


@define(eq=False)
class OpenAICompatible:
    """A backend for one endpoint.

    Args:
        endpoint: address and key.
        timeout_s: most seconds from sending a request to the end of its answer, however slowly that comes.
        registry: what is known of models: their limits, and which think before they answer.
    """

    endpoint: Endpoint
    timeout_s: float = TIMEOUT_S
    registry: ModelRegistry = field(factory=load_registry, repr=False)
    _clients: list[_Client] = field(init=False, factory=list, repr=False)
    _dialects: dict[str, Dialect] = field(init=False, factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The kind of endpoint: ``"openrouter"`` or ``"compatible"``."""
        return self.endpoint.provider

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request.

        Raises:
            PassingError: when another try may help: no connection, no time left, too many calls, a broken answer.
            ModelError: when the server refuses the call, the key, or the model.
        """
        known = self._dialects.get(request.model)
        dialect: Dialect | None = known or Dialect(grammar=self.name == "compatible")
        while dialect is not None:
            outcome = await self._bounded(request, dialect)
            if isinstance(outcome, Completion):
                if dialect is not known:
                    self._dialects[request.model] = dialect
                    logger.info("%s at %s is spoken to by %s", request.model, self.endpoint.shown, dialect)
                return outcome
            failure, status, words = outcome
            dialect = dialect.stepped_down(words) if status in OBJECTIONS else None
        raise failure

    async def aclose(self) -> None:
        """Let go of connections."""
        clients, self._clients = self._clients, []
        for client in clients:
            await client.sdk.close()

    async def _bounded(
        self, request: Request, dialect: Dialect
    ) -> Completion | tuple[ModelError | PassingError, int, str]:
        """The answer, or the failure with its status (0 without one) and the server's words.

        Failures are made outside of the except clauses: the SDK's errors hold the request with its key, and must
        not hang on ours.
        """
        import openai

        status, headers, words, kind = 0, {}, "", ""
        body, content_type = b"", ""
        try:
            async with asyncio.timeout(self.timeout_s):
                reply = await self._send(request, dialect)
                body, content_type = reply.content, reply.headers.get("content-type", "")
        except (TimeoutError, openai.APITimeoutError) as error:
            kind = "timeout"
            # The aiohttp transport calls every failure to connect a timeout.
            if (cause := _refusal(error)) is not None:
                kind, words = "unreachable", shown(str(cause))
        except openai.APIConnectionError as error:
            kind, words = "unreachable" if _never_met(error) else "dropped", shown(_root(error))
        except openai.APIStatusError as error:
            status, headers = error.status_code, dict(error.response.headers)
            words = error_words(error.body) or shown(error.response.text)
        except openai.OpenAIError as error:
            kind, words = "garbled", shown(str(error))
        words = self._without_key(words)
        if kind:
            return PassingError(f"{request.model}: {self._complaint(kind, words)}", kind=kind), 0, words
        if status:
            key_name = OPENROUTER_KEY if self.name == "openrouter" else OPENAI_KEY
            failure = failure_of(status, headers, words, request.model, self.endpoint.shown, key_name)
            return failure, status, words
        if self._has_key and self.endpoint.api_key.encode() in body:
            body = self._without_key(body.decode(errors="replace")).encode()
        return read_reply(body, content_type, request.model)

    async def _send(self, request: Request, dialect: Dialect) -> Any:
        import openai

        entry = self.registry.find(request.model)
        thinks = entry is not None and entry.reasoning
        body = dialect.body(request, reasoning_room=REASONING_ROOM if thinks else 0)
        if self.name == "openrouter":
            body["usage"] = {"include": True}
        client = self._free_client()
        client.in_flight += 1
        try:
            # Sent as it is: the SDK's typed method would walk through the parameters (a fifth of its time).
            url = f"{self.endpoint.base_url}/chat/completions"
            return (await client.sdk.post(url, cast_to=openai.HttpxBinaryResponseContent, body=body)).response
        finally:
            client.in_flight -= 1

    def _free_client(self) -> _Client:
        """A client with room."""
        most = AIOHTTP_CONNECTIONS if has_aiohttp() else CONNECTIONS
        for client in self._clients:
            if client.in_flight < most:
                return client
        import openai

        # Reading is bounded by the total time alone.
        timeout = openai.Timeout(self.timeout_s, connect=min(CONNECT_S, self.timeout_s))
        limits = type(openai.DEFAULT_CONNECTION_LIMITS)(max_connections=most, max_keepalive_connections=most)
        transport = openai.DefaultAioHttpClient if has_aiohttp() else openai.DefaultAsyncHttpxClient
        sdk = openai.AsyncOpenAI(
            api_key=self.endpoint.api_key, base_url=self.endpoint.base_url, timeout=timeout, max_retries=0,
            # A redirection would carry the prompt to a host that nobody has named.
            http_client=transport(timeout=timeout, limits=limits, follow_redirects=False),
        )  # fmt: skip
        self._clients.append(_Client(sdk))
        return self._clients[-1]

    def _complaint(self, kind: str, words: str) -> str:
        where = self.endpoint.shown
        if kind == "timeout":
            return f"{where} has not answered whole within {self.timeout_s:g} s"
        if kind == "dropped":
            return f"{where} broke the connection off ({words})"
        if kind == "unreachable":
            return f"the connection to {where} failed ({words}); check that the server runs and the address is right"
        return f"{where} sent what cannot be read ({words})"

    @property
    def _has_key(self) -> bool:
        return self.endpoint.api_key != NO_KEY and len(self.endpoint.api_key) >= LEAST_SECRET

    def _without_key(self, text: str) -> str:
        return text.replace(self.endpoint.api_key, "[key]") if self._has_key else text


@cache
def has_aiohttp() -> bool:
    """Whether the faster transport is installed (extra ``fast``)."""
    return find_spec("aiohttp") is not None


def _refusal(error: BaseException) -> OSError | None:
    """The operating system's refusal behind an error, where there is one; running out of time is none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
            return cause
        cause = cause.__cause__
    return None


def _never_met(error: BaseException) -> bool:
    """Whether no connection came about at all, so that no other model of the server could be asked either.

    Told by the name of the cause: which package the SDK speaks through differs between its versions.
    """
    cause: BaseException | None = error
    while cause is not None and type(cause).__name__ != "ConnectError":
        cause = cause.__cause__
    return cause is not None


def _root(error: BaseException) -> str:
    """The innermost cause of a connection error, in words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__
