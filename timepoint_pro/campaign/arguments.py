"""What a campaign is given, checked and brought into its form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

from timepoint_pro.campaign.plan import Plan, Varying
from timepoint_pro.campaign.rules import Rules
from timepoint_pro.campaign.variations import idle_strategies
from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, check, load
from timepoint_pro.templates.sections import Variations
from timepoint_pro.templates.vocabulary import STRATEGIES

TemplateLike = Template | Mapping[str, Any] | str | PathLike[str]
SETTINGS = ("mode", "model", "base_url", "without")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def templates_of(given: TemplateLike | Iterable[TemplateLike]) -> tuple[Template, ...]:
    """The templates of a campaign.

    Raises:
        UsageError: for none, or one given twice.
        TemplateError: for one that cannot be used.
    """
    several = (given,) if isinstance(given, (Template, Mapping, str, PathLike)) else given
    found = tuple(_template(one) for one in several)
    if not found:
        raise UsageError("templates: expected one or more, found none")
    if len({one.digest() for one in found}) < len(found):
        raise UsageError("templates: expected each once; 'repeats' plays them several times")
    return found


def whole(name: str, value: Any, least: int | None = None) -> int:
    """A whole number of 64 bits, as the database holds them.

    Raises:
        UsageError: for anything else, or one under ``least``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        from_on = "" if least is None else f" from {least} on"
        raise UsageError(f"{name}: expected a whole number{from_on}, found {value!r}")
    if not -(2**63) <= value < 2**63:
        raise UsageError(f"{name}: expected a whole number of at most 64 bits, found {value}")
    return value


def checked_id(campaign_id: str) -> str:
    """An id that the ids of runs can be made from.

    Raises:
        UsageError: for any other.
    """
    if not isinstance(campaign_id, str) or not _ID.fullmatch(campaign_id) or campaign_id == "last":
        raise UsageError(
            "campaign_id: expected letters, digits, '.', '_' and '-', at most 80, and not 'last', "
            f"found {campaign_id!r}"
        )
    return campaign_id


def varying_of(template: Template, given: int | Mapping[str, Any] | None) -> Varying:
    """How a template is varied; None: as it says itself.

    Raises:
        UsageError: for anything that is no count and no object of ``variations``.
        UnknownNameError: for an unknown key or strategy.
        TemplateError: for a value out of range.
    """
    own = template.variations
    if given is None:
        return Varying(own.count, own.strategies, own.deduplication_threshold) if own.enabled else Varying()
    wanted: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {"count": whole("variations", given, 0)}
    known = ("enabled", "count", "strategies", "deduplication_threshold")
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise UnknownNameError("key of variations", unknown, known)
    if wanted.get("count") == 0 or wanted.pop("enabled", True) is False:
        return Varying()
    for name in wanted.get("strategies", ()):
        if name not in STRATEGIES:
            raise UnknownNameError("variation strategy", str(name), STRATEGIES)
    defaults = {
        "count": own.count, "strategies": own.strategies, "deduplication_threshold": own.deduplication_threshold,
    }  # fmt: skip
    merged = Variations(enabled=True, **{**defaults, **wanted})
    return Varying(merged.count, tuple(merged.strategies), merged.deduplication_threshold)


def rules_of(given: Mapping[str, Any]) -> Rules:
    """Stop rules from arguments.

    Raises:
        UsageError: for a value out of range.
        UnknownNameError: for an unknown name.
    """
    known = tuple(Rules.__annotations__)
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        raise UnknownNameError("argument of Campaign", unknown, known)
    return Rules(**{**given, "tasks": tuple(given.get("tasks") or Rules().tasks)})


def grid_of(given: Mapping[str, Sequence[Any]] | None) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """A grid as it is kept: paths begin with ``$.``.

    Raises:
        UsageError: for a path without values, a value given twice, or a path given twice.
    """
    grid: dict[str, tuple[Any, ...]] = {}
    for path, values in (given or {}).items():
        name = f"$.{path.removeprefix('$').removeprefix('.')}"
        if not isinstance(values, (list, tuple)) or not values:
            raise UsageError(f"grid[{path!r}]: expected a list of one value or more, found {values!r}")
        texts = [json.dumps(value, sort_keys=True) for value in values]
        if len(set(texts)) < len(texts) or name in grid:
            raise UsageError(f"grid[{path!r}]: expected every value once, found {', '.join(texts)}")
        grid[name] = tuple(values)
    return tuple(grid.items())


def examine(plan: Plan, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Try every template, and every value of the grid in it, before anything is played; what there is to say.

    Raises:
        TemplateError: when a template cannot be used, or a path of the grid leads nowhere.
        UsageError: when an argument for ``Simulation`` cannot.
    """
    found: list[str] = []
    for template, varying in zip(plan.templates, plan.varying, strict=True):
        Simulation(template, store=":memory:", **arguments)
        if varying.count:
            idle = idle_strategies(template, varying.strategies)
            found.extend(f"{template.id}: {name} finds nothing to vary" for name in idle)
        for path, values in plan.grid:
            before = {str(notice) for notice in check(template)}
            for value in values:
                notices = check(template.with_changes({path: value}))
                found.extend(f"{template.id}: {one}" for one in notices if str(one) not in before)
    return tuple(dict.fromkeys(found))


def _template(given: TemplateLike) -> Template:
    if isinstance(given, Template):
        return given
    return Template.from_dict(dict(given)) if isinstance(given, Mapping) else load(given)
