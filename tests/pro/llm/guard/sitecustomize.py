"""Loaded by Python at its start: writes every network address that the process asks for to the file NETWORK_LOG.

An audit hook sees what Python code opens, whichever library it is in: names looked up, connections, datagrams.
"""

import os
import sys

EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind")
_LOG = os.open(os.environ["NETWORK_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _note(event: str, arguments: tuple) -> None:
    if event in EVENTS:
        where = arguments[:2] if event.startswith("socket.get") else arguments[1]
        os.write(_LOG, f"{event} {where!r}\n".encode())


sys.addaudithook(_note)
