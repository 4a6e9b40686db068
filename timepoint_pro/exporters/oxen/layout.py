"""The folder of one run in the repository of training data, and the message it is committed under."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.dataset.writing import MANIFEST, write_dataset
from timepoint_pro.exporters.documents.tdf import TDF, TDF_FILE
from timepoint_pro.exporters.files import Outbox, safe_name
from timepoint_pro.exporters.oxen.history import message_of

DATA, METADATA = "training_data.jsonl", "metadata.json"


@frozen
class Layout:
    """What is committed.

    Args:
        place: folder in the repository.
        files: names in it, ``metadata.json`` last.
        message: of the commit.
        sha256, bytes: of ``metadata.json``, which names the digests of the others.
    """

    place: str
    files: tuple[str, ...]
    message: str
    sha256: str
    bytes: int


def lay_out(source: Source, folder: Path) -> Layout:
    """Write a run's files into ``folder``.

    The template's first task is ``training_data.jsonl``; a further one is ``training_data.TASK.jsonl``.

    Raises:
        UsageError: when the licences of a record of it do not allow training any model, or there is none.
    """
    outputs = source.template.outputs
    settings = Settings(outputs.trainer_format, tuple(outputs.tasks))
    with Outbox(folder) as outbox:
        write_dataset([source], settings, outbox, ("jsonl",))
        TDF.write(source, settings, outbox)
    facts = orjson.loads((folder / MANIFEST).read_bytes())
    if not facts["training_safe"]:
        raise UsageError(
            f"run {source.run_id!r} may not be uploaded: not every record has licences that allow training any model"
        )
    names: dict[str, str] = {}
    for task in settings.tasks:
        made = folder / f"{task}.jsonl"
        if made.exists():
            names[task] = f"training_data.{task}.jsonl" if names else DATA
            made.rename(folder / names[task])
    if not names:
        raise UsageError(f"run {source.run_id!r} has no training data to upload: {_reasons(facts)}")
    files = (*names.values(), TDF_FILE)
    described = _described(source, facts, names, {name: _digest(folder / name) for name in files})
    text = orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (folder / METADATA).write_bytes(text)
    message = message_of(f"Run {source.run_id}: {source.row['template']}", described)
    place = f"runs/{safe_name(source.run_id)}"
    return Layout(place, (*files, METADATA), message, hashlib.sha256(text).hexdigest(), len(text))


def _described(source: Source, facts: Any, names: dict[str, str], digests: dict[str, str]) -> dict[str, Any]:
    row = source.row
    return {
        "run_id": source.run_id,
        "template": row["template"],
        "template_sha256": facts["template_sha256"],
        "temporal_mode": row["temporal_mode"],
        "mechanisms": facts["mechanisms"],
        "model": row["model"],
        "models": facts["models"],
        "training_safe": facts["training_safe"],
        "cost_usd": row["cost_usd"],
        "cost_source": row["cost_source"],
        "token_count": row["token_count"],
        "seed": row["seed"],
        "created_at": row["created_at"],
        "generator": facts["generator"],
        "trainer": facts["trainer"],
        "records": sum(count["records"] for count in facts["tasks"].values()),
        "tasks": {task: {"file": name, **facts["tasks"][task]} for task, name in names.items()},
        "sha256": digests,
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reasons(facts: Any) -> str:
    return "; ".join(f"{task}: {count['reason']}" for task, count in facts["tasks"].items())
