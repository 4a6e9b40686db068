"""The one place that calls the Oxen client. It runs in a process of its own: ``python -m ...oxen.client``.

The client holds the interpreter's lock while it waits for a server, prints as it goes, and takes its settings from a
folder named in the environment; a process of its own keeps all three away from the run. A request comes as JSON on
stdin, the answer goes as JSON to stdout: ``{"ok": ...}`` or ``{"error": text}``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

Request = Mapping[str, Any]
PAGE = 100
MOST_PAGES = 1000
BRANCH = "main"
_NAMESPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Refused(Exception):
    """Something that the user can mend, in words."""


def answer(request: Request, token: str) -> dict[str, Any]:
    """Do what is asked.

    Args:
        request: ``do`` (``"push"`` or ``"log"``); ``path`` of a local repository, or ``host``, ``scheme``,
            ``namespace`` (may be empty) and ``name`` of one on a server; for a push ``folder`` (what to commit),
            ``place`` (where it goes), ``files`` and ``message``.
        token: for the server; empty for a local repository.
    """
    local = "path" in request
    does = {"push": _push_here if local else _push_there, "log": _log_here if local else _log_there}
    namespace = "" if local else _settings(request, token)
    if local:
        _write("user_config.toml", name="timepoint-pro", email="timepoint-pro@localhost")
    return does[request["do"]](request, namespace)


def _settings(request: Request, token: str) -> str:
    """Write the client's settings for this process alone; the namespace of the repository."""
    user = _who(request, token)
    name = str(user.get("name") or "timepoint-pro")
    _write("user_config.toml", name=name, email=str(user.get("email") or "timepoint-pro@localhost"))
    host = json.dumps(request["host"])
    text = f"default_host = {host}\n\n[[host_configs]]\nhost = {host}\nauth_token = {json.dumps(token)}\n"
    _private("auth_config.toml", text)
    if request["namespace"]:
        return str(request["namespace"])
    for key in ("username", "namespace", "name"):
        found = str(user.get(key) or "")
        if _NAMESPACE.fullmatch(found):
            return found
    raise Refused(f"{request['host']} does not say whose namespace the key is for; give --repo NAMESPACE/NAME")


def _who(request: Request, token: str) -> Mapping[str, Any]:
    """Whom the server knows the key as, as the client itself asks; nobody where a server has no such route."""
    url = f"{request['scheme']}://{request['host']}/api/authorize"
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=30) as reply:
            user = json.load(reply).get("user")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (401, 403):
            raise Refused(f"{request['host']} does not accept the key in OXEN_API_KEY") from None
        return {}
    except (OSError, ValueError) as error:
        raise Refused(f"{request['host']} cannot be reached ({getattr(error, 'reason', error)})") from None
    return user if isinstance(user, dict) else {}


def _write(file_name: str, /, **values: str) -> None:
    _private(file_name, "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))


def _private(name: str, text: str) -> None:
    path = os.path.join(os.environ["OXEN_CONFIG_DIR"], name)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _there(request: Request, namespace: str) -> Any:
    """The repository on the server, which may not be there yet."""
    place = f"{namespace}/{request['name']}"
    return import_module("oxen").RemoteRepo(place, host=request["host"], scheme=request["scheme"])


def _push_there(request: Request, namespace: str) -> dict[str, Any]:
    where = f"{request['scheme']}://{request['host']}/{namespace}/{request['name']}"
    repo = _there(request, namespace)
    if not repo.exists():
        # Not empty: a repository without a commit has no branch to add to. Never public: that is the user's to decide.
        repo.create(empty=False, is_public=False)
        repo = _there(request, namespace)
    if _held(repo, f"{request['place']}/metadata.json") == _read(request, "metadata.json"):
        return {"where": where, "commit": "", "changed": False}
    for name in request["files"]:
        repo.add(os.path.join(request["folder"], name), request["place"])
    return {"where": where, "commit": str(repo.commit(request["message"]).id), "changed": True}


def _held(repo: Any, path: str) -> bytes | None:
    """A file of the repository; None where it has none."""
    if not repo.file_exists(path):
        return None
    return bytes(repo.get_file(path))


def _read(request: Request, name: str) -> bytes:
    return (Path(request["folder"]) / name).read_bytes()


def _push_here(request: Request, _namespace: str) -> dict[str, Any]:
    repo = import_module("oxen").Repo(request["path"], mkdir=True)
    root = Path(request["path"])
    if not (root / ".oxen").exists():
        repo.init()
    place = root / request["place"]
    known = place / "metadata.json"
    said = {commit.message for commit in repo.log()} if known.exists() else set()
    if known.exists() and known.read_bytes() == _read(request, "metadata.json") and request["message"] in said:
        return {"where": str(root), "commit": "", "changed": False}
    place.mkdir(parents=True, exist_ok=True)
    for name in request["files"]:
        (place / name).write_bytes(_read(request, name))
        repo.add(str(place / name))
    return {"where": str(root), "commit": str(repo.commit(request["message"]).id), "changed": True}


def _log_there(request: Request, namespace: str) -> dict[str, Any]:
    repo = _there(request, namespace)
    if not repo.exists():
        raise Refused(f"{request['host']} has no repository {namespace}/{request['name']}")
    commits: list[Any] = []
    for page in range(1, MOST_PAGES + 1):
        found = list(repo.log(BRANCH, page_num=page, page_size=PAGE))
        commits += found
        if len(found) < PAGE:
            break
    return {"commits": [_plain(commit) for commit in commits]}


def _log_here(request: Request, _namespace: str) -> dict[str, Any]:
    if not (Path(request["path"]) / ".oxen").exists():
        raise Refused(f"{request['path']} is no Oxen repository")
    return {"commits": [_plain(commit) for commit in import_module("oxen").Repo(request["path"]).log()]}


def _plain(commit: Any) -> dict[str, str]:
    return {
        "id": str(commit.id), "message": str(commit.message), "author": str(commit.author),
        "timestamp": str(commit.timestamp),
    }  # fmt: skip


def main() -> None:
    """Read a request, answer it. What the client prints goes to stderr, and stdout holds the answer alone."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    given = json.load(sys.stdin)
    try:
        found: dict[str, Any] = {"ok": answer(given["request"], given["token"])}
    except Refused as error:
        found = {"error": str(error)}
    except Exception as error:  # noqa: BLE001 (the client raises what it likes; the parent process says it)
        found = {"error": f"{type(error).__name__}: {error}"}
    json.dump(found, out)
    out.close()


if __name__ == "__main__":
    main()
