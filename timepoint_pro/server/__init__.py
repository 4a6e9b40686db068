"""The HTTP interface: runs of one database, to be read (extra ``[serve]``).

``application`` is an ASGI application for any server; ``serve`` runs it with uvicorn. Nothing can be changed through
it: every request has a read-only connection of its own, and only GET and HEAD are answered.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from timepoint_pro.errors import MissingExtraError, UsageError
from timepoint_pro.server.address import bound, is_loopback, url_of

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["TOKEN_VARIABLE", "application", "serve"]

TOKEN_VARIABLE = "TIMEPOINT_SERVE_TOKEN"
"""Environment variable with the bearer token."""
LEAST_TOKEN = 16
"""Fewest characters of a token."""
MOST_AT_ONCE = 64
"""Requests answered at a time; more are told to come again."""


def application(
    database: str | os.PathLike[str], *, token: str | None = None, local_only: bool = True
) -> Starlette:
    """The ASGI application.

    Args:
        database: path of the database of runs; it must be there.
        token: bearer token that every request below ``/api`` must carry; None asks for none.
        local_only: answer only requests that name this machine (``localhost``, ``127.0.0.1``, ``[::1]``) as their
            host, so that no web page can reach the interface under a name of its own.

    Raises:
        StoreError: when there is no database.
        UsageError: for a token that is too short or cannot be sent.
        MissingExtraError: without the extra ``[serve]``.
    """
    from timepoint_pro.run_store import RunStore

    _checked(token)
    RunStore(database, read_only=True).close()
    _require("starlette")
    from timepoint_pro.server.routes import build

    return build(os.fspath(database), token, local_only)


def serve(
    database: str | os.PathLike[str],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until the process is told to stop.

    Args:
        database: path of the database of runs.
        host: address to listen at.
        port: port; 0 takes a free one.
        token: bearer token; ``TIMEPOINT_SERVE_TOKEN`` by default. One is needed at any address but loopback.
        ready: is told the URL, once connections are accepted.

    Raises:
        StoreError: when there is no database.
        UsageError: when the address cannot be had, or has no token though others can reach it.
        MissingExtraError: without the extra ``[serve]``.
    """
    secret = token if token is not None else os.environ.get(TOKEN_VARIABLE) or None
    local = is_loopback(host)
    if secret is None and not local:
        raise UsageError(
            f"host {host!r}: others can reach it, so a token is needed; set {TOKEN_VARIABLE}, or listen at 127.0.0.1"
        )
    app = application(database, token=secret, local_only=local)
    _require("uvicorn")
    import uvicorn

    with bound(host, port) as socket:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, date_header=False,
            limit_concurrency=MOST_AT_ONCE, timeout_graceful_shutdown=5, lifespan="off",
        )  # fmt: skip
        if ready is not None:
            ready(url_of(socket))
        uvicorn.Server(config).run(sockets=[socket])


def _checked(token: str | None) -> None:
    if token is None:
        return
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"token: expected at least {LEAST_TOKEN} ASCII characters without spaces, found {len(token)} characters; "
            f"make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )


def _require(name: str) -> None:
    try:
        import_module(name)
    except ImportError:
        raise MissingExtraError("serve", "the HTTP interface") from None
