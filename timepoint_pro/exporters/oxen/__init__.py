"""Training data under version control with Oxen (extra ``[oxen]``): one folder a run, one commit an upload.

Nothing leaves the machine unless the template says ``outputs.export_ml_dataset``, OXEN_API_KEY is set, and the run is
completed, with licences that allow training any model. A commit to a local repository needs no key.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.errors import MissingExtraError, UploadError, UsageError
from timepoint_pro.exporters.contract import Recorded, Source
from timepoint_pro.exporters.oxen.history import Commit, matching
from timepoint_pro.exporters.oxen.layout import Layout, lay_out

KEY, HOST_VARIABLE, REPOSITORY_VARIABLE = "OXEN_API_KEY", "TIMEPOINT_OXEN_HOST", "TIMEPOINT_OXEN_REPOSITORY"
HUB = "https://hub.oxen.ai"
NAME = "timepoint-pro-training-data"
PATIENCE = 900
"""Seconds that an upload may take."""

MOST_SAID = 400
"""Characters of what the client says that a message repeats."""

_CLIENT = "timepoint_pro.exporters.oxen.client"
_PLACE = re.compile(r"(?:([A-Za-z0-9][A-Za-z0-9._-]*)/)?([A-Za-z0-9][A-Za-z0-9._-]*)")
_LOG = logging.getLogger("timepoint_pro")


@frozen
class Uploaded:
    """An upload that is done.

    Args:
        run_id: the run.
        where: the repository, as a URL or a path.
        place: the folder in it.
        commit: id of the commit; empty when the same data were there already.
        files: names in the folder.
    """

    run_id: str
    where: str
    place: str
    commit: str
    files: tuple[str, ...]


def push(
    run: Recorded,
    *,
    repository: str | None = None,
    host: str | None = None,
    local: str | os.PathLike[str] | None = None,
) -> Uploaded:
    """Commit a run's training data: ``runs/RUN/training_data.jsonl``, ``tdf_export.json``, ``metadata.json``.

    It can be repeated: data that are there already make no commit.

    Args:
        run: a completed run.
        repository: ``NAMESPACE/NAME`` or ``NAME``; ``TIMEPOINT_OXEN_REPOSITORY`` by default, else
            ``timepoint-pro-training-data`` in the namespace that the key is for.
        host: address of the server; ``TIMEPOINT_OXEN_HOST`` by default, else OxenHub.
        local: folder of a local repository instead, made when missing; nothing is sent then.

    Raises:
        UsageError: when the run may not be uploaded, and why; or for an argument that cannot be used.
        MissingExtraError: without the extra ``[oxen]``.
        UploadError: when the upload failed; what was committed before stays.
    """
    source = Source(run.store, run.run_id)
    _allowed(source)
    target = _target(repository, host, local)
    token = _key(target)
    with TemporaryDirectory(prefix="timepoint-oxen-") as folder:
        layout = lay_out(source, Path(folder))
        request = {
            "do": "push", **target, "folder": folder, "place": layout.place, "files": list(layout.files),
            "message": layout.message,
        }  # fmt: skip
        done = _ask(request, token)
    uploaded = Uploaded(source.run_id, done["where"], layout.place, done["commit"], layout.files)
    _note(source, uploaded, layout)
    return uploaded


def upload_when_due(run: Recorded) -> None:
    """Upload a run that has just ended, where the user has asked for that: the template and OXEN_API_KEY say so.

    Whatever goes wrong is logged as a warning and never raised: the run is complete and kept.
    """
    source = Source(run.store, run.run_id)
    if not os.environ.get(KEY) or not source.template.outputs.export_ml_dataset:
        return
    try:
        push(run)
    except Exception as error:  # noqa: BLE001 (whatever it is, the run is done, and must not end as failed)
        again = f"timepoint oxen push {source.run_id}"
        _LOG.warning("warning: not uploaded to Oxen: %s. The run is kept; to try again: %s", error, again)


def history(
    filters: Iterable[str] = (),
    *,
    repository: str | None = None,
    host: str | None = None,
    local: str | os.PathLike[str] | None = None,
) -> list[Commit]:
    """Commits of the repository, newest first, that meet every filter.

    Args:
        filters: such as ``"temporal_mode=portal"``, ``"cost_usd<0.50"``, ``"mechanisms=M12"``.
        repository, host, local: as for ``push``.

    Raises:
        UsageError: for what is no filter; else as ``push``.
        UploadError: when the repository is not there or cannot be read.
    """
    wanted = list(filters)
    matching((), wanted)
    target = _target(repository, host, local)
    found = _ask({"do": "log", **target}, _key(target))
    return matching([Commit(**one) for one in found["commits"]], wanted)


def _allowed(source: Source) -> None:
    """Raises UsageError, saying why, for a run that may not be uploaded."""
    row = source.row
    why = ""
    if row["status"] != "completed":
        why = f"it is not completed but {row['status']}"
    elif not source.template.outputs.export_ml_dataset:
        why = 'its template does not say "outputs": {"export_ml_dataset": true}'
    elif not row["training_safe"]:
        why = f"not every licence of its models ({', '.join(source.models)}) admits training any model"
    if why:
        raise UsageError(f"run {source.run_id!r} may not be uploaded: {why}")


def _target(repository: str | None, host: str | None, local: str | os.PathLike[str] | None) -> dict[str, Any]:
    if local is not None:
        if repository is not None or host is not None:
            raise UsageError("give a local repository or one on a server, not both")
        return {"path": os.path.abspath(local)}
    given = repository or os.environ.get(REPOSITORY_VARIABLE) or NAME
    found = _PLACE.fullmatch(given)
    if found is None:
        raise UsageError(f"repository: expected NAMESPACE/NAME, found {given!r}")
    address = (host or os.environ.get(HOST_VARIABLE) or HUB).rstrip("/")
    scheme, separator, name = address.partition("://")
    if not separator:
        scheme, name = "https", address
    if scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?", name):
        raise UsageError(f"host: expected a host, or a URL such as https://hub.oxen.ai, found {address!r}")
    if scheme == "http" and not _is_here(name):
        raise UsageError(f"host {address!r}: the key would go over the network in the open; use https")
    return {"host": name, "scheme": scheme, "namespace": found.group(1) or "", "name": found.group(2)}


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _key(target: dict[str, Any]) -> str:
    key = os.environ.get(KEY, "")
    if "path" in target:
        key = ""
    elif not key:
        raise UsageError(f"{KEY} is not set; set it, or name a local repository")
    if find_spec("oxen") is None:
        raise MissingExtraError("oxen", "Oxen")
    return key


def _ask(request: dict[str, Any], token: str) -> dict[str, Any]:
    """Let the client, in a process and with settings of its own, do what is asked."""
    with TemporaryDirectory(prefix="timepoint-oxen-") as settings:
        root = str(Path(__file__).parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {
            **{name: value for name, value in os.environ.items() if name != KEY},
            "OXEN_CONFIG_DIR": settings, "PYTHONPATH": os.pathsep.join(paths),
        }  # fmt: skip
        try:
            done = subprocess.run(
                [sys.executable, "-m", _CLIENT], input=orjson.dumps({"request": request, "token": token}),
                capture_output=True, env=environment, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UploadError(f"Oxen: no end after {PATIENCE} seconds") from None
    try:
        answer = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        last = _hidden(lines[-1])[:MOST_SAID] if lines else "it said nothing"
        raise UploadError(f"Oxen: the client ended with code {done.returncode}: {last}") from None
    if "error" in answer:
        said = _hidden(" ".join(answer["error"].split()))
        raise UploadError(f"Oxen: {said if len(said) <= MOST_SAID else f'{said[:MOST_SAID]} ...'}")
    found: dict[str, Any] = answer["ok"]
    return found


def _hidden(text: str) -> str:
    """``text`` without the key, should the client repeat it."""
    key = os.environ.get(KEY, "")
    return text.replace(key, "...") if key else text


def _note(source: Source, uploaded: Uploaded, layout: Layout) -> None:
    """Enter the upload in the run's ``artifacts``; a database opened to be read stays as it is."""
    from timepoint_pro.store.database import stamp

    if source.store.read_only:
        return
    path = f"{uploaded.where}/{uploaded.place}"
    source.store.insert({"artifacts": [(source.run_id, path, "oxen", layout.sha256, layout.bytes, stamp())]})
