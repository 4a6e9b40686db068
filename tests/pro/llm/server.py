"""A server that speaks OpenAI's chat protocol, with faults to order. A process of its own, on loopback only.

``POST /v1/chat/completions`` answers; ``POST /control`` changes settings; ``GET /stats`` counts; ``POST /reset``.
Prints its port as the first line. Settings:

    latency      seconds before an answer
    cap          most requests at once; the rest get 429 at once (``cap_retry_after`` seconds where given)
    formats      response formats that are taken: json_schema, json_object, text
    unsupported  parameters that are refused with 400
    cost         usage.cost of an answer in dollars; null leaves it out
    usage        false leaves the token counts out
    model        the model that answers name; by default the one asked
    elsewhere    port to which the fault "redirect" leads
    faults       list of {kind, times | share, retry_after}: served in order, ``times`` each, or by lot
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import Counter
from typing import Any

from server_answers import answer_for, schema_in

DEFAULTS: dict[str, Any] = {
    "latency": 0.0, "cap": None, "cap_retry_after": None, "formats": ["json_schema", "json_object", "text"],
    "unsupported": [], "cost": None, "usage": True, "model": None, "faults": [],
    "elsewhere": 0,
}  # fmt: skip
STATUS = {"429": 429, "500": 500, "503": 503, "401": 401, "402": 402, "404": 404}


class State:
    """Settings and counts."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.settings = json.loads(json.dumps(DEFAULTS))
        self.counts: Counter[str] = Counter()
        self.bodies: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.running = self.most_running = 0
        self.last: dict[str, Any] = {}
        self.keys: set[str] = set()

    def stats(self) -> dict[str, Any]:
        return {
            "counts": dict(self.counts), "answered": dict(self.answered), "most_running": self.most_running,
            "last": self.last, "keys": sorted(self.keys),
        }  # fmt: skip

    def fault(self, digest: str) -> dict[str, Any] | None:
        """The fault that is due for a request, None for a proper answer."""
        for fault in self.settings["faults"]:
            if "share" in fault:
                lot = hashlib.blake2b(f"{digest} {self.bodies[digest]}".encode(), digest_size=4).digest()
                if int.from_bytes(lot, "big") / 2**32 < fault["share"]:
                    return fault
            elif fault.get("times", 1) > 0:
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as much of it as a client's POST with a length needs."""

    def __init__(self, state: State) -> None:
        self.state, self.buffer = state, b""
        self.transport: asyncio.Transport
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, _error: Exception | None) -> None:
        for task in self.tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            lines = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            size = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            task = asyncio.get_running_loop().create_task(self.serve(lines[0].split()[1], headers, body))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def send(self, status: int, body: Any, *, kind: str = "application/json", extra: str = "") -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n{extra}\r\n"
        self.transport.write(head.encode() + data)

    async def serve(self, path: str, headers: dict[str, str], body: bytes) -> None:
        state = self.state
        if path == "/control":
            state.settings.update(json.loads(body))
            self.send(200, {})
        elif path == "/reset":
            state.reset()
            self.send(200, {})
        elif path == "/stats":
            self.send(200, state.stats())
        elif not path.endswith("/chat/completions"):
            self.send(404, {"error": {"message": f"no path {path}"}})
        else:
            state.counts["requests"] += 1
            state.keys.add(headers.get("authorization", ""))
            cap = state.settings["cap"]
            if cap is not None and state.running >= cap:
                state.counts["over cap"] += 1
                wait = state.settings["cap_retry_after"]
                extra = f"retry-after: {wait}\r\n" if wait is not None else ""
                self.send(429, {"error": {"message": "too many at once"}}, extra=extra)
                return
            state.running += 1
            state.most_running = max(state.most_running, state.running)
            try:
                await self.chat(json.loads(body), body, headers)
            finally:
                state.running -= 1

    async def chat(self, request: dict[str, Any], raw: bytes, headers: dict[str, str]) -> None:
        state, settings = self.state, self.state.settings
        digest = hashlib.blake2b(raw, digest_size=12).hexdigest()
        fault = state.fault(digest)
        state.bodies[digest] += 1
        state.last = request
        objection = self.objection(request)
        if objection:
            state.counts["400"] += 1
            self.send(400, {"error": {"message": objection}})
            return
        kind = fault["kind"] if fault else ""
        if kind:
            state.counts[kind] += 1
        if kind == "redirect":
            self.send(307, {}, extra=f"location: http://127.0.0.1:{settings['elsewhere']}/v1/chat/completions\r\n")
            return
        if kind in STATUS:
            wait = fault.get("retry_after") if fault else None
            extra = f"retry-after: {wait}\r\n" if wait is not None else ""
            self.send(STATUS[kind], {"error": {"message": f"told to fail with {kind}"}}, extra=extra)
            return
        if settings["latency"]:
            await asyncio.sleep(settings["latency"])
        if kind == "hang":
            await asyncio.sleep(3600)
        if kind == "drop":
            self.transport.abort()
            return
        if await self.transport_fault(kind, headers):
            return
        reply = self.reply(request, digest, kind)
        if kind == "trickle":
            await self.trickle(json.dumps(reply).encode())
            return
        state.counts["answers"] += 1
        state.answered[f"chat-{digest}"] += 1
        self.send(200, reply)

    async def transport_fault(self, kind: str, headers: dict[str, str]) -> bool:
        """Faults of the reply as a whole."""
        if kind == "type":
            self.send(200, b"<html><body>Please log in</body></html>", kind="text/html; charset=utf-8")
        elif kind == "body":
            self.send(200, b'{"choices": [{"mess')
        elif kind == "leak":
            self.send(400, {"error": {"message": f"bad request with {headers.get('authorization')}"}})
        elif kind == "inner error":
            self.send(200, {"error": {"code": 502, "message": "provider went away"}})
        else:
            return False
        return True

    async def trickle(self, data: bytes) -> None:
        """One byte at a time, so that no time-out between two bytes ever strikes."""
        head = f"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        self.transport.write(head.encode())
        for position in range(len(data)):
            self.transport.write(data[position : position + 1])
            await asyncio.sleep(0.05)

    def objection(self, request: dict[str, Any]) -> str:
        form = (request.get("response_format") or {}).get("type", "text")
        if form not in self.state.settings["formats"]:
            return f"response_format of type {form} is not available here"
        for name in self.state.settings["unsupported"]:
            if name in request:
                return f"Unsupported parameter: {name}"
        return ""

    def reply(self, request: dict[str, Any], digest: str, kind: str) -> dict[str, Any]:
        settings = self.state.settings
        schema = schema_in(request)
        answer: Any = {"said": "no schema"} if schema is None else answer_for(
            request["messages"], schema, request.get("seed", 0)
        )  # fmt: skip
        message, finish = spoilt(answer, kind, request)
        reply: dict[str, Any] = {
            "id": f"chat-{digest}", "object": "chat.completion", "created": 0,
            "model": settings["model"] or request["model"],
            "choices": [] if kind == "no choices" else [{"index": 0, "finish_reason": finish, "message": message}],
        }  # fmt: skip
        if settings["usage"]:
            read = sum(len(one["content"]) for one in request["messages"]) // 4
            written = 1 + len(message.get("content") or "") // 4
            reply["usage"] = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
            if kind == "think":
                reply["usage"]["completion_tokens_details"] = {"reasoning_tokens": 50}
            if settings["cost"] is not None:
                reply["usage"]["cost"] = settings["cost"]
        return reply


def spoilt(answer: Any, kind: str, request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The message and finish reason, with the fault of the answer that is due."""
    text = json.dumps(answer)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    system = request["messages"][0]["content"]
    first = next((key for key, value in answer.items() if isinstance(value, str) and len(value) > 8), "content")
    if kind == "truncated":
        return {**message, "content": text[: len(text) // 2]}, "length"
    if kind == "refusal":
        return {"role": "assistant", "content": None, "refusal": "I cannot voice this."}, "stop"
    if kind == "filter":
        return {"role": "assistant", "content": ""}, "content_filter"
    changed = {
        "malformed": text[: len(text) // 2],
        "schema": json.dumps({**answer, first: 17, "surprise": True}),
        "empty": "",
        "control": json.dumps({**answer, first: "ring \u0007 the bell"}),
        "surrogate": json.dumps({**answer, first: "half a \ud83d sign"}),
        "unicode": json.dumps({**answer, first: "Grüße, 世界 🙂 \u200d naïve"}, ensure_ascii=False),
        "echo": json.dumps({**answer, first: system[-300:]}),
        "echo before": f"{system}\n{json.dumps({'type': 'object'})}\nMy answer follows.\n{text}",
        "think": f"<think>They want {{json}}. {system[:80]}</think>\n{text}",
        "open think": f"I muse a while.</think>{text}",
        "fence": f"Here you are:\n```json\n{text}\n```\nAnything else?",
        "prose": "I would rather speak freely, without braces.",
        "leak answer": json.dumps({**answer, first: "the key is sk-secret-0123456789"}),
    }
    return {**message, "content": changed.get(kind, text)}, "stop"


async def main() -> None:
    state = State()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(state), "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # ends with the process that started it


if __name__ == "__main__":
    asyncio.run(main())
