"""Where the interface listens: which addresses only this machine reaches, and taking one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from timepoint_pro.errors import UsageError

LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain"})


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``: ``localhost``, or an address of the loopback range."""
    if host.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host of a ``Host`` header, without its port: ``"[::1]:8000"`` is ``"[::1]"``."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0]


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens at ``host`` and ``port``; closed at the end.

    Raises:
        UsageError: when the address cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _type, _protocol, _name, address = found[0]
        taken = socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{host} port {port}: cannot listen there ({why}); choose another --host or --port") from error
    with taken:
        yield taken


def url_of(taken: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = taken.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
