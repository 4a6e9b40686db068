"""Who may ask: a check of the host's name and of the bearer token, before anything else happens."""

from __future__ import annotations

import hmac

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timepoint_pro.server.address import host_of, is_loopback
from timepoint_pro.server.answers import failure

GUARDED = "/api/"

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
)


class Guard:
    """ASGI middleware that refuses strangers and marks every answer as private.

    Args:
        app: what is guarded.
        token: what ``Authorization: Bearer`` must carry below ``/api``; None asks for none.
        local_only: refuse a host name that is not this machine's. A page of another origin whose name was made to
            point here (DNS rebinding) sends its own name.
    """

    def __init__(self, app: ASGIApp, token: str | None, local_only: bool) -> None:
        self._app, self._local_only = app, local_only
        self._expected = f"bearer {token}".encode() if token is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        refusal = self._refusal(HTTPConnection(scope))
        await (refusal or self._app)(scope, receive, marked)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        host = host_of(request.headers.get("host", ""))
        if self._local_only and not is_loopback(host):
            return failure(400, f"host {host!r}: this interface answers to localhost and 127.0.0.1 only")
        if self._expected is None or not request.scope["path"].startswith(GUARDED):
            return None
        scheme, _space, given = request.headers.get("authorization", "").partition(" ")
        # Compared as bytes: text with other than ASCII letters cannot be compared in constant time.
        if hmac.compare_digest(f"{scheme.lower()} {given.strip()}".encode(), self._expected):
            return None
        refused = failure(401, "a token is needed: send 'Authorization: Bearer TOKEN'")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="timepoint"'
        return refused
