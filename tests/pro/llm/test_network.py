"""Nothing is contacted but the endpoint that is named: seen by an audit hook in processes of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from asking import ask_all, backend
from local_model import MODEL, needs_model
from questions import ask
from serving import Served

from timepoint_pro.errors import ModelError

GUARD = Path(__file__).with_name("guard")
ROOT = Path(__file__).parents[3]
PROXIES = re.compile(r"(?i)(http|https|all|no)_proxy")
ALL = """
import sys
from timepoint_pro.cli.group import commands
for one in sys.argv[1:]:
    commands.main(one.split(), "timepoint", standalone_mode=False)
"""
APART = ("unshare", "--map-root-user", "--net")
HAS_APART = shutil.which(APART[0]) is not None and not subprocess.run([*APART, "true"], capture_output=True).returncode


def contacts(folder: Path, *commands: str, apart: bool = False, **environ: str) -> list[str]:
    """The network addresses that commands asked for, in order; each must succeed.

    Args:
        folder: to be in.
        commands: of ``timepoint``, all in one process.
        apart: whether that process has a network of its own, in which there is nobody.
        environ: variables besides the usual ones.
    """
    log = folder / "network.log"
    log.touch()
    kept = {name: value for name, value in os.environ.items() if not PROXIES.fullmatch(name)}
    own = {"PYTHONPATH": f"{GUARD}{os.pathsep}{ROOT}", "NETWORK_LOG": str(log), "TERM": "dumb", **environ}
    command = [*(APART if apart else ()), sys.executable, "-c", ALL, *commands]
    done = subprocess.run(command, cwd=folder, env={**kept, **own}, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return log.read_text().splitlines()


STORY = ("show last", "audit last", "export last --format jsonl --format tdf --format markdown --out story", "runs")


def test_the_hook_sees_connections_and_look_ups(tmp_path: Path, server: Served) -> None:
    log = tmp_path / "network.log"
    script = (
        "import socket, urllib.request\n"
        f"urllib.request.urlopen('http://127.0.0.1:{server.port}/stats').read()\n"
        "try: socket.getaddrinfo('example.invalid', 443)\n"
        "except OSError: pass\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(GUARD), "NETWORK_LOG": str(log)}
    subprocess.run([sys.executable, "-c", script], env=environ, check=True)
    seen = log.read_text()
    assert f"socket.connect ('127.0.0.1', {server.port})" in seen
    assert "socket.getaddrinfo ('example.invalid', 443)" in seen


def test_a_run_by_a_server_contacts_that_server_alone(tmp_path: Path, server: Served) -> None:
    seen = contacts(
        tmp_path, f"run convergence/simple --model test/one --base-url {server.url} --out out", *STORY,
        OPENAI_API_KEY="sk-none", OXEN_API_KEY="none",
    )  # fmt: skip
    assert server.requests > 10
    contacted = [line for line in seen if not line.startswith("socket.getaddrinfo")]
    assert contacted
    assert set(contacted) == {f"socket.connect ('127.0.0.1', {server.port})"}
    looked_up = {line for line in seen if line.startswith("socket.getaddrinfo")}
    assert looked_up <= {f"socket.getaddrinfo ('127.0.0.1', {server.port})"}


def test_a_redirection_is_not_followed(server: Served, each_transport: None) -> None:
    with Served() as other:
        server.control(elsewhere=other.port)
        server.faults("redirect", times=9)
        with pytest.raises(ModelError, match=r"refuses the call \(307\)"):
            ask_all(backend(server), [ask()])
        assert server.requests == 1
        assert other.requests == 0


def test_a_run_by_the_built_in_model_contacts_nobody(tmp_path: Path) -> None:
    """Where that can be had, in a network of its own with nobody in it."""
    seen = contacts(
        tmp_path, "list", "models", "estimate convergence/simple --model deepseek/deepseek-chat",
        "run convergence/simple --out out", *STORY, apart=HAS_APART,
    )  # fmt: skip
    assert seen == []


@needs_model
@pytest.mark.timeout(600)
def test_a_local_model_opens_no_port(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, pathlib\n"
        "from timepoint_pro.llm.base import Request\n"
        "from timepoint_pro.llm.local import LocalModels\n"
        "from timepoint_pro.prompts.base import Message\n"
        "from questions import ask\n"
        "prompt = ask()\n"
        "async def once():\n"
        "    models = LocalModels()\n"
        f"    request = Request(prompt, {MODEL!r}, 1, messages=(Message('user', 'Hi'),), schema=prompt.schema())\n"
        "    done = await models.complete(request)\n"
        "    files = pathlib.Path('/proc/self/fd')\n"
        "    mine = {os.readlink(files / one) for one in os.listdir(files) if os.path.islink(files / one)}\n"
        "    tables = [pathlib.Path('/proc/self/net', name) for name in ('tcp', 'tcp6', 'udp', 'udp6')]\n"
        "    rows = [line.split() for one in tables if one.exists() for line in one.read_text().splitlines()[1:]]\n"
        "    assert not [row for row in rows if f'socket:[{row[9]}]' in mine]\n"
        "    await models.aclose()\n"
        "    print(done.text)\n"
        "asyncio.run(once())\n"
    )
    log = tmp_path / "network.log"
    path = os.pathsep.join((str(GUARD), str(Path(__file__).parent), str(ROOT)))
    environ = {**os.environ, "PYTHONPATH": path, "NETWORK_LOG": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, check=True, capture_output=True, text=True, timeout=200
    )
    assert '"text"' in done.stdout
    assert log.read_text() == ""
