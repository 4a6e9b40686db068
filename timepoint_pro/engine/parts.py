"""What a run was made with, so that a resume under other parts is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.modes.base import Mode
from timepoint_pro.records.codec import to_plain


@cache
def prompts_digest() -> str:
    """SHA-256, in hex, of the prompt texts that this version ships. They are read once a process."""
    digest = hashlib.sha256()
    for file in sorted(files("timepoint_pro.prompts").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".py"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def parts_of(template_digest: str, mechanisms: Iterable[Mechanism], mode: Mode, model: Any) -> dict[str, Any]:
    """The parts of a run as plain data: versions and configuration of mechanisms and mode, prompts, model, template."""
    return {
        "template": template_digest,
        "mode": {"name": mode.name, "version": mode.version},
        "mechanisms": {
            one.spec.code: {"version": one.spec.version, "configuration": to_plain(one)} for one in mechanisms
        },
        "prompts": prompts_digest(),
        "model": model,
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not the same in two sets of parts, one phrase each."""
    changed = []
    if before["template"] != now["template"]:
        changed.append("the template has changed")
    if before["prompts"] != now["prompts"]:
        changed.append("the prompt texts have changed")
    for name in ("mode", "model"):
        if before[name] != now[name]:
            changed.append(f"{name} {before[name]} became {now[name]}")
    old, new = before["mechanisms"], now["mechanisms"]
    for code in sorted({*old, *new}):
        if code not in new:
            changed.append(f"{code} is missing")
        elif code not in old:
            changed.append(f"{code} was added")
        elif old[code] != new[code]:
            versions = f"{old[code]['version']} then, {new[code]['version']} now"
            changed.append(f"{code} has another version or configuration (version {versions})")
    return changed
