"""Starts the test server as a process of its own, talks to its control path, ends it by its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SERVER = Path(__file__).with_name("server.py")


class Served:
    """A running test server."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def control(self, **settings: Any) -> None:
        self._call("/control", settings)

    def faults(self, *kinds: str, **more: Any) -> None:
        """These faults, once each and in this order (``share=`` for a lot instead)."""
        self.control(faults=[{"kind": kind, **more} for kind in kinds])

    def reset(self) -> None:
        self._call("/reset", {})

    def stats(self) -> dict[str, Any]:
        return self._call("/stats", None)

    @property
    def cpu_s(self) -> float:
        """Processor seconds of the server so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def requests(self) -> int:
        return self.stats()["counts"].get("requests", 0)

    def _call(self, path: str, body: Any) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as reply:
            return json.loads(reply.read())

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
