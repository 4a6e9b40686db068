"""What a body may undergo, how that goes on by itself, and what the template says of it.

``metadata.embodied_constraints`` is open. Under the id of somebody in the roster, these are read::

    {entity: {kind: severity | condition | [condition, ...]}}

    kind       injury, illness, pain, fatigue, cold, hunger, isolation
    severity   in [0, 1]
    condition  {severity, name, begins, treated, heals_hours, worsens_hours}, all but the first optional

    name       words for it (``"a cut hand"``)
    begins     index of the moment at whose start it begins (0), or ``"question/option"``: when that is decided
    treated    true (as good as cared for), false, an index, or ``"question/option"``
    heals_hours, worsens_hours   see ``Condition``; the defaults of the kind stand in ``KINDS``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.templates import Template

PATH = "$.metadata.embodied_constraints"
NEVER = -1


@frozen
class Kind:
    """What a kind of condition does at full severity [cal].

    Args:
        pain, illness, fatigue: its part in each, in [0, 1].
        heals, worsens: the hours of a ``Condition`` that states none.
        words: what it is called where it has no name.
    """

    pain: float
    illness: float
    fatigue: float
    heals: float
    worsens: float
    words: str


KINDS: Mapping[str, Kind] = {
    "injury": Kind(0.7, 0.15, 0.2, 72.0, 24.0, "injured"),
    "illness": Kind(0.0, 1.0, 0.4, 48.0, 36.0, "ill"),
    "pain": Kind(1.0, 0.0, 0.0, 12.0, 0.0, "in pain"),
    "fatigue": Kind(0.0, 0.0, 1.0, 8.0, 48.0, "worn out"),
    "cold": Kind(0.25, 0.2, 0.2, 0.75, 2.0, "cold"),
    "hunger": Kind(0.1, 0.25, 0.35, 0.5, 18.0, "hungry"),
    "isolation": Kind(0.0, 0.1, 0.15, 2.0, 72.0, "long alone"),
}


@frozen
class Condition:
    """One thing that a body undergoes.

    Args:
        kind: a key of ``KINDS``.
        severity: in [0, 1].
        name: words for it, empty where it has none.
        heals: hours in which half of it goes once it is treated; 0: it stays.
        worsens: hours in which half of the way to 1 is gone while it is not; 0: it stays.
        treated: whether it is cared for.
    """

    kind: str
    severity: float
    name: str = ""
    heals: float = 0.0
    worsens: float = 0.0
    treated: bool = True

    def change(self, hours: float) -> float:
        """How the severity changes over ``hours`` by itself."""
        if self.treated:
            return self.severity * (2.0 ** (-hours / self.heals) - 1.0) if self.heals else 0.0
        return (1.0 - self.severity) * (1.0 - 2.0 ** (-hours / self.worsens)) if self.worsens else 0.0


@frozen
class Stated:
    """A condition that the template foresees.

    Args:
        entity: whose.
        key: names it among the entity's conditions.
        condition: as it begins.
        begins, treated: index of the moment; ``NEVER`` where a decision brings it, or nothing does.
        begins_by, treated_by: ``"question/option"`` whose decision brings it; empty where none does.
    """

    entity: str
    key: str
    condition: Condition
    begins: int = 0
    begins_by: str = ""
    treated: int = NEVER
    treated_by: str = ""


def stated_conditions(template: Template) -> tuple[Stated, ...]:
    """What ``metadata.embodied_constraints`` says of those in the roster, in its order.

    Raises:
        TemplateError: a condition that cannot be read, with its path.
    """
    reader = _Reader(template)
    found: list[Stated] = []
    for entity, kinds in template.embodied_constraints.items():
        if entity in reader.people and isinstance(kinds, Mapping):
            found.extend(reader.of(entity, kinds))
    if reader.problems:
        raise TemplateError(template.id, reader.problems)
    return tuple(found)


class _Reader:
    """Takes conditions out of the open mapping and gathers what is wrong with them."""

    def __init__(self, template: Template) -> None:
        self.people = {*template.roster, *template.animistic_entities}
        self.courses = {f"{one.id}/{option.id}" for one in template.questions for option in one.options}
        self.problems: list[Problem] = []

    def of(self, entity: str, kinds: Mapping[str, Any]) -> Iterable[Stated]:
        for kind, value in kinds.items():
            path = f"{PATH}.{entity}.{kind}"
            if kind not in KINDS:
                close = nearest(kind, KINDS)
                if close is not None:
                    self._wrong(path, f"one of {', '.join(KINDS)}", kind, close)
                continue
            several = isinstance(value, (list, tuple))
            for number, one in enumerate(value if several else (value,)):
                place = f"{path}[{number}]" if several else path
                key = f"{kind}{number + 1}" if number else kind
                yield self._stated(entity, key, kind, one, place)

    def _stated(self, entity: str, key: str, kind: str, value: object, path: str) -> Stated:
        told: Mapping[str, Any] = value if isinstance(value, Mapping) else {"severity": value}
        heals = self._number(told, "heals_hours", KINDS[kind].heals, path, 1e6)
        worsens = self._number(told, "worsens_hours", KINDS[kind].worsens, path, 1e6)
        severity = self._number(told, "severity", None, path, 1.0)
        condition = Condition(kind, severity, str(told.get("name", "")), heals, worsens)
        begins, begins_by = self._when(told.get("begins", 0), f"{path}.begins")
        treated = told.get("treated", True)
        if isinstance(treated, bool):
            return Stated(entity, key, evolve(condition, treated=treated), begins, begins_by)
        index, course = self._when(treated, f"{path}.treated")
        return Stated(entity, key, evolve(condition, treated=False), begins, begins_by, index, course)

    def _number(self, told: Mapping[str, Any], name: str, default: float | None, path: str, most: float) -> float:
        value = told.get(name, default)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= most:
            return float(value)
        self._wrong(f"{path}.{name}", f"a number from 0 to {most:g}", repr(value))
        return 0.0

    def _when(self, value: object, path: str) -> tuple[int, str]:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value, ""
        if isinstance(value, str) and value in self.courses:
            return NEVER, value
        close = nearest(value, self.courses) if isinstance(value, str) else None
        self._wrong(path, "the index of a moment, or \"question/option\"", repr(value), close)
        return 0, ""

    def _wrong(self, path: str, expected: str, found: str, close: str | None = None) -> None:
        self.problems.append(Problem(path, expected, found, close))
