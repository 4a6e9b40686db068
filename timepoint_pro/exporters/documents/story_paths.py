"""The paths that a mode considered, as TDF shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import orjson

from timepoint_pro.exporters.contract import Source

SUPPOSED = "As the search supposed it: "
"""Stands before what a portal's search thought up: of what was played, a scene may have taken another course."""

OPEN_KEYS = ("label", "parent_path", "timepoints", "divergence_points", "pivots", "scores", "reason")


def story_paths(source: Source) -> list[dict[str, Any]]:
    """The paths, the chosen one first, then by score. Ids name played timepoints only."""
    played = {row["timepoint_id"] for row in source.rows("timepoints", "position, timepoint_id")}
    rows = source.rows("paths", "chosen DESC, score DESC, path_id")
    return [_path(row, orjson.loads(row["body"] or "{}"), played) for row in rows]


def _path(row: Mapping[str, Any], body: Mapping[str, Any], played: set[str]) -> dict[str, Any]:
    chosen = bool(row["chosen"])
    shown: dict[str, Any] = {"path_id": row["path_id"], "score": row["score"], "selected": chosen}
    shown |= {key: body[key] for key in OPEN_KEYS if body.get(key)}
    moments: Sequence[Mapping[str, Any]] = body.get("moments", ())
    if moments:
        shown |= _searched(moments, body, chosen, played)
    return shown


def _searched(
    moments: Sequence[Mapping[str, Any]], body: Mapping[str, Any], chosen: bool, played: set[str]
) -> dict[str, Any]:
    """A path of a portal's search: its moments were proposed and judged; only the chosen ones were played."""
    titles = [str(one["proposal"].get("title", "")) for one in moments]
    ids = {one["id"]: f"T{one['index']}" for one in moments}
    parts: dict[str, list[float]] = {}
    for one in moments:
        for name, value in one["score"].items():
            if isinstance(value, (int, float)):
                parts.setdefault(name, []).append(value)
    shown: dict[str, Any] = {
        "label": " → ".join(title for title in titles if title),
        "scores": {name: round(fmean(values), 4) for name, values in parts.items()},
        "moments": [
            {
                "index": one["index"],
                "title": title,
                "description": supposed(one["proposal"].get("description", "")),
                "score": one["total"],
            }
            for one, title in zip(moments, titles, strict=True)
        ],
    }
    if chosen:
        shown["timepoints"] = [ids[one["id"]] for one in moments if ids[one["id"]] in played]
        shown["pivots"] = [ids[one] for one in body.get("pivots", ()) if ids.get(one) in played]
    parting = sorted({one["index"] for one in body.get("divergences", ())})
    shown["divergence_points"] = [f"T{index}" for index in parting if f"T{index}" in played]
    return {key: value for key, value in shown.items() if value}


def supposed(description: str) -> str:
    """A moment of a portal's search, marked as the search's supposition; empty stays empty."""
    return f"{SUPPOSED}{description}" if description else ""
