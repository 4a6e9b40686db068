"""The questions of ``timepoint show``: what somebody knows, why, and who else does.

Each returns the answer as plain data, and the lines that tell it to a person.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from timepoint_pro.cli.console import PROSE, page_width

if TYPE_CHECKING:
    import networkx

    from timepoint_pro.records.knowledge import Exposure
    from timepoint_pro.run import Run

Answer = tuple[dict[str, Any], list[str]]


def knowledge(run: Run, entity: str, at: str | None) -> Answer:
    """Everything that ``entity`` knows at the end of ``at``, in the order in which they came to know it."""
    person, names = run.entity(entity), _names(run)
    held = {item.id: item for item in run.knows(person.id, at)}
    entries: dict[str, list[Exposure]] = {}
    for exposure in run.exposures:
        if exposure.entity == person.id and exposure.item in held:
            entries.setdefault(exposure.item, []).append(exposure)
    known: list[dict[str, Any]] = [
        {
            "item": item, "content": held[item].content, "handle": held[item].handle,
            "category": held[item].category, "how": exposures[0].how, "source": exposures[0].source,
            "timepoint": exposures[0].timepoint_id, "confidence": exposures[0].confidence,
            "times": len(exposures),
        }
        for item, exposures in entries.items()
    ]  # fmt: skip
    lines = [f"{person.name} knows {len(known)} things{_as_of(at)}"]
    for one in known:
        lines.extend(_wrapped(f"  - {one['content']}", "    "))
        lines.append(f"    {_way(one, names)}")
    return {"entity": person.id, "at": at, "knows": known}, lines


def why(run: Run, entity: str, item: str, at: str | None) -> Answer:
    """How ``entity`` came to know ``item``: each exposure with those that it rests on below it."""
    person, found, names = run.entity(entity), run.item(item), _names(run)
    graph = run.why_knows(person.id, found.id, at)
    nodes = {node: dict(data) for node, data in graph.nodes(data=True)}
    ends = [node for node, data in nodes.items() if data["entity"] == person.id and data["item"] == found.id]
    ends.sort(key=lambda node: (nodes[node]["at"], node))
    answer = {
        "entity": person.id, "item": found.id, "content": found.content, "at": at, "knows": bool(ends),
        "exposures": [
            {"exposure": node, **nodes[node], "rests_on": sorted(graph.predecessors(node))}
            for node in sorted(nodes, key=lambda node: (nodes[node]["at"], node))
        ],
    }  # fmt: skip
    lines = _wrapped(f"{person.name} {'knows' if ends else 'does not know'}{_as_of(at)}: {found.content}")
    seen: set[str] = set()
    for node in ends:
        lines.extend(_tree(run, graph, node, names, 1, seen))
    return answer, lines


def who(run: Run, item: str, at: str | None) -> Answer:
    """Who knows ``item``, in the order in which they came to."""
    found, names = run.item(item), _names(run)
    holders: list[dict[str, Any]] = []
    for entity in run.who_knows(found.id, at):
        first = next(one for one in run.exposures if one.entity == entity and one.item == found.id)
        holders.append(
            {
                "entity": entity, "how": first.how, "source": first.source, "timepoint": first.timepoint_id,
                "confidence": first.confidence,
            }
        )  # fmt: skip
    lines = _wrapped(f"Who knows{_as_of(at)}: {found.content}")
    lines.extend(f"  {names[one['entity']]}: {_way(one, names)}" for one in holders)
    return {"item": found.id, "content": found.content, "at": at, "who": holders}, lines


def _tree(
    run: Run, graph: networkx.DiGraph[str], node: str, names: Mapping[str, str], depth: int, seen: set[str]
) -> Iterator[str]:
    """An exposure and, one step further in, those that it rests on; what was shown above is not repeated."""
    data = graph.nodes[node]
    way = _way({**data, "timepoint": data["timepoint_id"]}, names)
    root = " (root)" if data["root"] else ""
    again = " (see above)" if node in seen and not data["root"] else ""
    other = "" if depth == 1 else f" [{run.items[data['item']].handle or data['item']}]"
    yield f"{'  ' * depth}{names.get(data['entity'], data['entity'])}{other}: {way}{root}{again}"
    if node in seen:
        return
    seen.add(node)
    for parent in sorted(graph.predecessors(node), key=lambda one: (graph.nodes[one]["at"], one)):
        yield from _tree(run, graph, parent, names, depth + 1, seen)


def _way(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """From whom, how, when, how surely."""
    source = names.get(one["source"], one["source"])
    ways = {"told": f"told by {source}", "initial": f"from the start ({source})"}
    way = ways.get(one["how"], one["how"] if one["how"] == source else f"{one['how']} ({source})")
    when = f", {one['timepoint']}" if one["timepoint"] else ""
    return f"{way}{when}, confidence {one['confidence']:.2f}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, page_width(PROSE), subsequent_indent=indent)


def _as_of(at: str | None) -> str:
    return f" at the end of {at}" if at is not None else ""


def _names(run: Run) -> dict[str, str]:
    return {one.id: one.name for one in run.entities}
