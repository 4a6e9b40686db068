"""A small run written by hand into a database, so that tests decide every word of it."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from timepoint_pro.store.database import Store
from timepoint_pro.store.schema import TABLES

OUTCOME = "The expedition loses its last radio and the rescue ship sails past zebrawood point."
LATER = "quaggafrost"


@frozen
class Handmade:
    """What exporters need of a run."""

    store: Store
    run_id: str


def row(table: str, **columns: Any) -> tuple[Any, ...]:
    """A full row of a table, in the order of its columns; what is not given is NULL."""
    names = TABLES[table][0]
    assert set(columns) <= set(names), set(columns) - set(names)
    return tuple(columns.get(name) for name in names)


def write_run(
    store: Store,
    run_id: str = "run_hand",
    *,
    names: tuple[str, str] = ("Webb", "Chen"),
    contents: tuple[str, str, str, str] = (
        "The reading is at 847. What did you measure?",
        "Two sensors agree on 847. We scrub the EVA.",
        "No. The window closes today.",
        f"Then {LATER} it is.",
    ),
    models: tuple[str, str, str, str] = ("scripted", "scripted", "scripted", "scripted"),
    planner: str = "scripted",
    mode: str = "portal",
    circumstance: str = "The air smells of dust.",
    outputs: dict[str, Any] | None = None,
    language: str = "en",
) -> Handmade:
    """A portal run of two moments: T0 with three turns, T1 with one; the later moment holds ``LATER``."""
    template = {
        "scenario_description": "Two people and a scrubber.",
        "world_id": "hand/made",
        "language": language,
        "temporal": {"mode": mode, "portal_description": OUTCOME, "backward_steps": 1},
        "outputs": outputs or {},
        "metadata": {"entity_roster": {"webb": {"type": "human"}, "chen": {"type": "human"}}},
    }
    store.add_run(
        {
            "run_id": run_id, "status": "completed", "cost_usd": 0.25, "template": "hand/made",
            "scenario": template["scenario_description"], "temporal_mode": mode, "seed": 7, "model": models[0],
            "models": json.dumps(sorted({planner, *models})), "cost_source": "provider", "token_count": 1200,
            "model_calls": 5, "turns": 4, "mechanisms": json.dumps(
                ["M3", "M4", "M6", "M7", "M10", "M11", "M13", "M14", "M17", "M18"]
            ),
            "parts": json.dumps({"template": "ab" * 32}), "training_safe": 1, "generator": "timepoint-pro 0.1.0",
            "template_json": json.dumps(template), "error": None,
        }
    )  # fmt: skip
    planning = _call(run_id, "plan/M17/0", "plan", planner, "TEMPORAL_REASONING")
    store.commit(run_id, "plan", "", {"llm_calls": [planning]}, {})
    _moment(store, run_id, 0, names, contents[:3], models[:3], circumstance)
    _moment(store, run_id, 1, names, contents[3:], models[3:], f"Everything is {LATER} now.")
    return Handmade(store, run_id)


def _moment(
    store: Store, run_id: str, index: int, names: tuple[str, str], contents: tuple[str, ...],
    models: tuple[str, ...], circumstance: str,
) -> None:  # fmt: skip
    at = f"T{index}"
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    if index == 0:
        for place, (entity, name, archetype) in enumerate(
            (("webb", names[0], "military_commander"), ("chen", names[1], "engineer"))
        ):
            voice = {"sentence_length": "short", "verbal_tics": ["Copy."]}
            details = {"traits": ["decisive", "loyal"], "goals": ["bring them home"], "voice": voice}
            tensor = {"context": [0.5] * 8, "biology": [0.47, 0.0, 0.0, 0.1], "behavior": [0.5] * 8}
            rows["entities"].append(
                row(
                    "entities", run_id=run_id, entity_id=entity, position=place, entity_type="human", name=name,
                    role="crew", archetype=archetype, tensor=json.dumps(tensor), metadata=json.dumps(details),
                )
            )
        rows["exposure_events"] += [
            _exposure(run_id, "x:start:0", "chen", "reading", "O2 reading 847 ppm.", "initial", "instrument", "", []),
            _exposure(run_id, "x:start:1", "webb", "threshold", "Threshold 800 ppm.", "initial", "briefing", "", []),
            _exposure(run_id, "x:T0:0", "webb", "reading", "O2 reading 847 ppm.", "told", "chen", "T0", ["x:start:0"]),
        ]
    question = {
        "id": "eva", "text": "Do we go out?", "decides": "webb",
        "options": [{"id": "go", "label": "go out", "noun": "the walk"}, {"id": "scrub", "label": "scrub the EVA"}],
    }  # fmt: skip
    rows["timepoints"].append(
        row(
            "timepoints", run_id=run_id, timepoint_id=at, position=index, timestamp=f"2026-03-0{index + 1}T08:00:00Z",
            ends_at=f"2026-03-0{index + 1}T08:05:00Z", path_id="P1", title=f"Moment {index}",
            description=f"What only the audience knows: {LATER}.", circumstance=circumstance,
            entities_present='["webb","chen"]', causal_antecedents=json.dumps([f"T{index - 1}"] if index else []),
            importance=0.5, scene='{"location":"habitat","confinement":"confined space"}',
            question=json.dumps(question), outcome="settled: scrub",
        )
    )  # fmt: skip
    if index:
        rows["causal_edges"].append((run_id, "T0", "T1", "temporal", 1.0, ""))
    for place, (content, model) in enumerate(zip(contents, models, strict=True)):
        speaker, other = (("webb", "chen"), ("chen", "webb"))[place % 2]
        turn_id, key = f"{at}.{place + 1}", f"{at}/M11/turn/{place}"
        rows["llm_calls"].append(_call(run_id, key, at, model, "DIALOG_SYNTHESIS"))
        rows["dialogs"].append(
            row(
                "dialogs", run_id=run_id, turn_id=turn_id, timepoint_id=at, turn_index=place + 1, speaker=speaker,
                content=content, timestamp=f"2026-03-0{index + 1}T08:00:0{place}Z", emotional_tone="tense",
                act=("question", "oppose", "inform")[place], tactic="data_argument", addressed_to=json.dumps([other]),
                knowledge_shared='["reading"]' if place == 1 else "[]", reply_to="", option="go" if place == 1 else "",
                uptake="dismissed", emotional_valence=-0.2, emotional_arousal=0.6, energy_budget=72.0, model=model,
                call_key=key, context=json.dumps(_context(index, place, speaker, other)),
            )
        )  # fmt: skip
        proposed = {"turn": {"id": turn_id, "speaker": speaker, "content": content}, "causes": [f"{at}#{2 * place}"]}
        for number, (kind, code, body) in enumerate(
            (("TurnProposed", "M11", proposed), ("TurnAdmitted", "M4", {"turn_id": turn_id, "seconds": 4.0}))
        ):
            seq = 1 + 2 * place + number
            rows["events"].append(
                (run_id, at, seq, f"{at}#{seq}", at, 0.1 * index, place, code, kind, json.dumps(body))
            )
    tensor = json.dumps({"context": [0.5] * 8, "biology": [0.4, 0, 0, 0], "behavior": [0.5] * 8})
    rows["states"] = [(run_id, at, entity, -0.2, 0.6, 72.0, tensor) for entity in ("chen", "webb")]
    rows["relationships"] = [(run_id, at, "webb", "chen", "colleague", 0.3, 0.1, 0.5, 2)]
    store.commit(run_id, at, "plan", {table: lines for table, lines in rows.items() if lines}, {})


def _context(index: int, place: int, speaker: str, other: str) -> dict[str, Any]:
    reading = ["reading", "told", "chen", "T0", 0.9, 0, "x:T0:0"]
    own = ["reading", "initial", "instrument", "", 0.97, 0, "x:start:0"]
    threshold = ["threshold", "initial", "briefing", "", 0.975, 1, "x:start:1"]
    knows = ([threshold, *([reading] if place or index else [])] if speaker == "webb" else [own])
    said = [f"T{index}.{number + 1}" for number in range(place)]
    return {
        "feeling": [-0.2, 0.6, 72.0, 1.0, -0.2, 0.6], "timestamp": "2026-03-01T16:20:00Z", "hour": 16.333,
        "daypart": "late afternoon", "circadian_penalty": 1.0,
        "place": ["habitat", "artificial light", "confined space"],
        "atmosphere": [0.7, -0.1, 0.5, 60.0],
        "matter": ["eva", [["go", -0.4, "webb", ["webb"], []], ["scrub", 0.5, "", [], []]]],
        "knows": knows, "ties": [[other, "colleague", 0.3, 0.0, 0.5, 4]],
        "history": ["Sensor alert.", "Disagreement with Chen"] if index or place == 2 else [],
        "arc": [["data_argument", 2, 0, 2]] if place == 2 else [], "recent": said, "questions": [],
        "answering": said[-1] if said else "", "position": [place, 8, 25, 0], "inner": [[], [], [], "", ""],
        "attempt": 0,
    }  # fmt: skip


def _call(run_id: str, key: str, chunk: str, model: str, action: str) -> tuple[Any, ...]:
    return (run_id, key, chunk, action, model, "{}", 300, 40, 0.01, "provider", 1)


def _exposure(
    run_id: str, exposure: str, entity: str, item: str, content: str, how: str, source: str, at: str, parents: list[str]
) -> tuple[Any, ...]:
    stamp = "2026-03-01T08:00:00Z"
    return (run_id, exposure, entity, item, content, how, source, at, stamp, 0.9, json.dumps(parents))
