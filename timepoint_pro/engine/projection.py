"""Tables made from the log: the rows that one chunk adds, for people who read with SQL and for exports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from timepoint_pro.engine.journal import Chunk
from timepoint_pro.formulas.reputation import shown
from timepoint_pro.llm.registry import training_safe
from timepoint_pro.mechanisms.knowledge import Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.m07_causal_chain import EdgesDrawn
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.resolution import Resolution
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.ttm import tensor_of
from timepoint_pro.mechanisms.violations import ViolationFound
from timepoint_pro.modes.branching import PathEnded
from timepoint_pro.modes.frames import frame_of
from timepoint_pro.modes.paths import Antecedent, PathBacktracked, PathChosen, PathStepped, PathTaken, SearchCutShort
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.prompts.snapshot import snapshot
from timepoint_pro.records.codec import event_body, to_plain
from timepoint_pro.records.entity import Cast, EntityIntroduced
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World

Row = tuple[Any, ...]


def project(
    run_id: str, chunk: Chunk, world: World, run: Mapping[str, Any]
) -> tuple[dict[str, list[Row]], dict[str, Any]]:
    """Rows by table, and the changed columns of ``runs``.

    Args:
        run_id: the run.
        chunk: what is committed.
        world: the world after it.
        run: the run's row before it.
    """
    rows: dict[str, list[Row]] = {
        "events": [_event(run_id, chunk.key, number, entry) for number, entry in enumerate(chunk.entries)],
        "llm_calls": [_call(run_id, chunk.key, call) for call in chunk.calls],
    }
    introduced = [entry.event.entity.id for entry in chunk.entries if isinstance(entry.event, EntityIntroduced)]
    opened = next((one.event.timepoint for one in chunk.entries if isinstance(one.event, TimepointOpened)), None)
    if opened is not None:
        opened = world[Timeline].passed[-1]
    here = opened.present if opened is not None else ()
    tensors = {one: _json(to_plain(tensor_of(world, one))) for one in (*introduced, *here)}
    rows["entities"] = [_entity(run_id, one, world, tensors[one]) for one in introduced]
    turns = 0
    if opened is not None:
        rows["dialogs"] = _turns(run_id, chunk, opened, world)
        turns = len(rows["dialogs"])
        rows["timepoints"] = [_timepoint(run_id, chunk, opened, world)]
        rows["states"] = [_state(run_id, opened.id, one, world, tensors[one]) for one in here]
        rows["relationships"] = _relationships(run_id, opened, world)
        rows["entities"] += [_entity(run_id, one, world, tensors[one]) for one in here if one not in introduced]
    rows["exposure_events"] = list(_exposures(run_id, chunk, world))
    rows["causal_edges"] = [
        (run_id, edge.source, edge.target, edge.type, edge.strength, edge.mechanism)
        for entry in chunk.entries if isinstance(entry.event, EdgesDrawn) for edge in entry.event.edges
    ]  # fmt: skip
    rows["paths"] = _paths(run_id, chunk)
    rows["violations"] = [
        (
            run_id, entry.id, one.timepoint_id, one.rule, one.severity, one.entity, one.explanation,
            _json(list(one.evidence)),
        )
        for entry in chunk.entries if isinstance(entry.event, ViolationFound) for one in (entry.event.violation,)
    ]  # fmt: skip
    return {table: lines for table, lines in rows.items() if lines}, _totals(chunk, run, turns)


def fork_rows(run_id: str, chunks: Sequence[Chunk], own: Sequence[str], world: World) -> dict[str, list[Row]]:
    """What a run that begins with ``chunks`` has of its own: the log of some, its paths, everybody's state now.

    Args:
        run_id: the new run.
        chunks: all that it begins with.
        own: keys of those that are not as its parent has them.
        world: the world after them.
    """
    return {
        "events": [
            _event(run_id, chunk.key, number, entry)
            for chunk in chunks if chunk.key in own for number, entry in enumerate(chunk.entries)
        ],
        "entities": [
            _entity(run_id, one, world, _json(to_plain(tensor_of(world, one)))) for one in world[Cast].order
        ],
        "paths": [row for chunk in chunks for row in _paths(run_id, chunk)],
    }  # fmt: skip


def acted(chunks: Iterable[Chunk]) -> list[str]:
    """Codes of the mechanisms that emitted anything in ``chunks``, in order."""
    return sorted({one.mechanism for chunk in chunks for one in chunk.entries} - {"engine"}, key=_code_order)


def _event(run_id: str, chunk: str, number: int, entry: Any) -> Row:
    return (
        run_id, chunk, number, entry.id, entry.timepoint_id, round(entry.at, 9), entry.beat, entry.mechanism,
        type(entry.event).__name__, event_body(entry.event),
    )  # fmt: skip


def _call(run_id: str, chunk: str, call: Any) -> Row:
    return (
        run_id, call.key, chunk, call.action, call.model, _json(to_plain(call.answer)), call.tokens_in,
        call.tokens_out, call.cost_usd, call.cost_source, call.attempts,
    )  # fmt: skip


def _entity(run_id: str, entity_id: str, world: World, tensor: str) -> Row:
    cast = world[Cast]
    entity = cast[entity_id]
    shown = to_plain(entity)
    metadata = {key: shown[key] for key in ("traits", "goals", "body", "voice") if key in shown}
    resolution = world.find(Resolution)
    if resolution is not None:
        metadata["resolution_level"] = resolution.level(entity_id)
    return (
        run_id, entity_id, cast.order.index(entity_id), entity.kind, entity.name, entity.role,
        entity.archetype.id if entity.archetype else "", tensor, _json(metadata),
    )  # fmt: skip


def _timepoint(run_id: str, chunk: Chunk, timepoint: Timepoint, world: World) -> Row:
    rhythm, scene = world[Rhythm], world[Scene]
    closed = next(one.event for one in chunk.entries if isinstance(one.event, TimepointClosed))
    setting: dict[str, Any] = {
        "location": scene.location, "lighting": scene.lighting, "temperature": scene.temperature,
        "confinement": scene.confinement, "noise": scene.noise, "tension": round(scene.tension, 4),
        "valence": round(scene.valence, 4), "arousal": round(scene.arousal, 4), "energy": round(scene.energy, 2),
        "dispersion": round(scene.dispersion, 4),
    }  # fmt: skip
    frame = frame_of(world, timepoint)
    if frame is not None:
        setting["frame"] = frame
    question = "null" if timepoint.question is None else _json(to_plain(timepoint.question))
    return (
        run_id, timepoint.id, timepoint.index, rhythm.timestamp(timepoint.at), rhythm.timestamp(closed.at),
        timepoint.path, timepoint.title, timepoint.description, timepoint.circumstance,
        _json(list(timepoint.present)), _json(list(timepoint.antecedents)), timepoint.importance, _json(setting),
        question, closed.reason,
    )  # fmt: skip


def _turns(run_id: str, chunk: Chunk, timepoint: Timepoint, world: World) -> list[Row]:
    calls = {call.key: call for call in chunk.calls}
    speech = world[Speech]
    uptakes = dict(speech.uptakes)
    rows: list[Row] = []
    proposed: tuple[Turn, str] | None = None
    for entry in chunk.entries:
        if isinstance(entry.event, TurnProposed):
            proposed = entry.event.turn, entry.event.call
        elif isinstance(entry.event, TurnAdmitted) and proposed is not None:
            turn, key = proposed
            call = calls[key]
            assert isinstance(call.prompt, DialogTurn)
            context = call.prompt.context
            shared = (*turn.shared, *entry.event.also_shared)
            rows.append(
                (
                    run_id, turn.id, timepoint.id, len(rows) + 1, turn.speaker, turn.content,
                    context.setting.timestamp, turn.tone, turn.act, turn.tactic, _json(list(turn.addressed_to)),
                    _json(list(shared)), turn.reply_to, turn.option, uptakes.get(turn.id, "open"),
                    context.feeling.valence, context.feeling.arousal, context.feeling.energy, call.model, key,
                    _json(snapshot(context)),
                )
            )  # fmt: skip
    return rows


def _state(run_id: str, timepoint_id: str, entity_id: str, world: World, tensor: str) -> Row:
    minds = world[Minds]
    return (
        run_id, timepoint_id, entity_id, round(minds.valence(entity_id), 4), round(minds.arousal(entity_id), 4),
        round(world[Rhythm].energy(entity_id), 2), tensor,
    )  # fmt: skip


def _relationships(run_id: str, timepoint: Timepoint, world: World) -> list[Row]:
    ties = world[Ties]
    return [
        (
            run_id, timepoint.id, one, other, tie.kind, round(shown(ties.confidence_of(tie)), 4),
            round(tie.affinity, 4), round(tie.power, 4), tie.interactions,
        )
        for one in timepoint.present for other in timepoint.present if one != other
        for tie in (ties.tie(one, other),)
    ]  # fmt: skip


def _exposures(run_id: str, chunk: Chunk, world: World) -> Iterable[Row]:
    knowledge, rhythm = world[Knowledge], world[Rhythm]
    for entry in chunk.entries:
        if not isinstance(entry.event, KnowledgeGained):
            continue
        at, timestamp = -math.inf, ""
        for one in entry.event.exposures:
            if one.at != at:
                at, timestamp = one.at, rhythm.timestamp(one.at)
            yield (
                run_id, one.id, one.entity, one.item, knowledge.item(one.item).content, one.how, one.source,
                one.timepoint_id, timestamp, one.confidence, _json(list(one.parents)),
            )  # fmt: skip


def _paths(run_id: str, chunk: Chunk) -> list[Row]:
    """Paths with their ends: those that a search found, best first, or the one that has just come to its end."""
    ended = next((one.event for one in chunk.entries if isinstance(one.event, PathEnded)), None)
    if ended is not None:
        body = {
            "label": ended.label, "parent_path": ended.parent, "timepoints": list(ended.timepoints),
            "divergence_points": [ended.parted] if ended.parted else [], "outcome": dict(ended.settled),
        }  # fmt: skip
        return [(run_id, ended.path, ended.wellbeing, int(ended.is_main), _json(body))]
    chosen = next((one.event for one in chunk.entries if isinstance(one.event, PathChosen)), None)
    if chosen is None:
        return []
    taken = next((one.event.path for one in chunk.entries if isinstance(one.event, PathTaken)), chosen.paths[0].id)
    nodes: dict[str, Antecedent] = {}
    for entry in chunk.entries:
        if isinstance(entry.event, (PathStepped, PathBacktracked, SearchCutShort)):
            nodes.update((one.id, one) for one in entry.event.candidates)
    rows: list[Row] = []
    for number, path in enumerate(chosen.paths):
        body = {
            "moments": [to_plain(nodes[one]) for one in path.nodes],
            "divergences": to_plain(path.divergences),
            "pivots": list(path.pivots),
            "reason": "" if number else chosen.reason,
        }
        rows.append((run_id, path.id, path.score, int(path.id == taken), _json(body)))
    return rows


def _totals(chunk: Chunk, run: Mapping[str, Any], turns: int) -> dict[str, Any]:
    acted = {entry.mechanism for entry in chunk.entries if entry.mechanism != "engine"}
    acted |= {"M18"} if chunk.calls else set()
    known = set(orjson.loads(run["mechanisms"]))
    models = sorted({*orjson.loads(run["models"]), *(call.model for call in chunk.calls)})
    sources = {call.cost_source for call in chunk.calls} | ({run["cost_source"]} if run["model_calls"] else set())
    return {
        "mechanisms": _json(sorted(known | acted, key=_code_order)),
        "models": _json(models),
        "training_safe": int(training_safe(models)),
        "cost_usd": run["cost_usd"] + sum(call.cost_usd for call in chunk.calls),
        "cost_source": " and ".join(sorted(sources)) or "free",
        "token_count": run["token_count"] + sum(call.tokens_in + call.tokens_out for call in chunk.calls),
        "model_calls": run["model_calls"] + sum(call.attempts for call in chunk.calls),
        "turns": run["turns"] + turns,
    }


def _code_order(code: str) -> tuple[int, str]:
    return (int(code[1:]), "") if code[1:].isdigit() else (1000, code)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
