"""What an audit found, which limits it was held against, and how that reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define, field, frozen

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.evaluation.measures import RUN_LEVEL

SHOWN = 5
"""Examples kept for a finding."""


@frozen
class Limit:
    """A bound on a measure.

    Args:
        name: as thresholds name it.
        side: ``"max"``: at most; ``"min"``: at least.
        measures: names of the findings; of several, the records that any of them names count together.
        default: the bound where none is given; None: not judged then.
        about: what is bounded, for help texts.
        most: greatest bound that means something.
    """

    name: str
    side: Literal["max", "min"]
    measures: tuple[str, ...]
    default: float | None
    about: str
    most: float = 1.0


_ALL = (
    Limit("max_invalid", "max", ("invalid",), 0.0, "lines that cannot be read or break the schema"),
    Limit(
        "max_leaks", "max", ("leak_knowledge", "leak_future", "leak_absent", "canary"), 0.0,
        "records with something that the speaker cannot know, somebody absent, or a canary",
    ),
    Limit("max_contradictions", "max", ("contradictions",), 0.0, "records whose prompt contradicts their metadata"),
    Limit("max_empty", "max", ("empty",), 0.0, "records without prompt or completion"),
    Limit("max_truncated", "max", ("truncated",), None, "records that seem cut off"),
    Limit("max_duplicates", "max", ("duplicates",), None, "completions that nearly repeat an earlier one"),
    Limit("max_record_duplicates", "max", ("record_duplicates",), None, "records that nearly repeat an earlier one"),
    Limit("max_constants", "max", ("constants",), None, "number of metadata fields that never change", math.inf),
    Limit("min_distinct_2", "min", ("distinct_2",), None, "distinct-2 of the completions"),
    Limit("min_training_safe", "min", ("training_safe",), None, "records whose licences let them train any model"),
)  # fmt: skip

LIMITS: Mapping[str, Limit] = {limit.name: limit for limit in _ALL}
"""Every threshold by name. Bounds are shares of the records, from 0 to 1, where not said otherwise."""

_COUNTS = frozenset(("constants",))


@define
class Finding:
    """One measure.

    Args:
        name: of the measure.
        count: how often it was found.
        of: among how many.
        value: the measure: a share, or as its name says; None where ``reason`` stands.
        reason: why it is not applicable, or what is to be said of it.
        examples: the first places, each with what is there.
    """

    name: str
    count: int = 0
    of: int = 0
    given: float | None = None
    reason: str = ""
    examples: list[str] = field(factory=list)
    _measured: bool = False

    @classmethod
    def of_value(cls, name: str, value: float | None, reason: str) -> Self:
        """A measure that is no share of records."""
        return cls(name, given=value, reason=reason, measured=True)

    def note(self, place: str, what: str) -> None:
        """Found once more."""
        self.count += 1
        if len(self.examples) < SHOWN:
            self.examples.append(f"{place}: {what}")

    @property
    def value(self) -> float | None:
        """The measure; None where it is not applicable."""
        if self._measured:
            return self.given
        if self.reason:
            return None
        if self.name in _COUNTS:
            return float(self.count)
        return self.count / self.of if self.of else None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "measure": self.name, "value": self.value, "count": self.count, "of": self.of, "note": self.reason,
            "examples": list(self.examples),
        }  # fmt: skip


@frozen
class Verdict:
    """A limit and what was found. ``found`` is None where the measure is not applicable, which fails a given limit."""

    name: str
    limit: float
    found: float | None
    passed: bool

    def __str__(self) -> str:
        side = "at most" if LIMITS[self.name].side == "max" else "at least"
        found = "not applicable" if self.found is None else f"{self.found:.4g}"
        return f"{self.name}: {found}, and {side} {self.limit:g} is wanted"


@frozen
class AuditReport:
    """What an audit found.

    Args:
        source: what was judged.
        read: lines or records read.
        findings: the measures by name.
        about: lengths, balance, mechanisms, licences, coupling, as plain data.
        verdicts: the limits.
    """

    source: str
    read: int
    findings: Mapping[str, Finding]
    about: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether every limit is kept."""
        return not self.failed

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The limits that are not kept."""
        return tuple(one for one in self.verdicts if not one.passed)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        limits = {one.name: {"limit": one.limit, "found": one.found, "passed": one.passed} for one in self.verdicts}
        return {
            "source": self.source,
            "read": self.read,
            "passed": self.passed,
            "failed": [one.name for one in self.failed],
            "limits": limits,
            "measures": {name: one.to_dict() for name, one in self.findings.items()},
            **self.about,
        }

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def checked_limits(given: Mapping[str, float]) -> dict[str, float]:
    """The defaults with what is given.

    Raises:
        UsageError: for a name that does not exist, or a bound that means nothing.
    """
    for name, bound in given.items():
        if name not in LIMITS:
            raise UnknownNameError("threshold", name, LIMITS)
        number = isinstance(bound, (int, float)) and not isinstance(bound, bool)
        if not number or not 0.0 <= bound <= LIMITS[name].most:
            most = "" if LIMITS[name].most == math.inf else f" up to {LIMITS[name].most:g}"
            raise UsageError(f"{name}: expected a number from 0{most}, found {bound!r}")
    defaults = {limit.name: limit.default for limit in _ALL if limit.default is not None}
    return {**defaults, **given, **{f"given {name}": 1.0 for name in given}}


def judged(
    source: str, read: int, findings: Mapping[str, Finding], about: Mapping[str, Any], limits: Mapping[str, float]
) -> AuditReport:
    """The report, each limit compared with its measures. A default limit on what is not applicable is left out."""
    verdicts = []
    for name, limit in LIMITS.items():
        if name not in limits:
            continue
        values = [findings[one].value for one in limit.measures if findings[one].value is not None]
        found = max((value for value in values if value is not None), default=None)
        bound = limits[name]
        if found is None:
            if f"given {name}" in limits:
                verdicts.append(Verdict(name, bound, None, False))
            continue
        kept = found <= bound if limit.side == "max" else found >= bound
        verdicts.append(Verdict(name, bound, found, kept))
    return AuditReport(source, read, dict(findings), dict(about), tuple(verdicts))


TITLES = {
    "invalid": "unreadable, or against the schema", "empty": "empty prompt or completion", "truncated": "cut off",
    "leak_knowledge": "leak: not held by the speaker", "leak_future": "leak: of a later moment",
    "leak_absent": "leak: speaks to somebody absent", "canary": "leak: canary",
    "contradictions": "prompt against metadata", "duplicates": "near-duplicate completions",
    "record_duplicates": "near-duplicate records, estimated", "constants": "constant metadata fields",
    "distinct_1": "distinct-1", "distinct_2": "distinct-2", "distinct_3": "distinct-3",
    "training_safe": "training-safe",
}  # fmt: skip
"""What each measure is called in reports."""


def _lines(report: AuditReport) -> list[str]:
    about = report.about
    lines = [f"{report.source}: {report.read} records, {about['of_this_library']} of this library", ""]
    for name, finding in report.findings.items():
        lines.append(f"  {TITLES[name]:36} {value_words(finding)}")
        lines += [f"      {example}" for example in finding.examples]
    lines += ["", "Lengths"]
    lines += [
        f"  {name.replace('_', ' '):36} " + ", ".join(f"{key} {value:g}" for key, value in spread.items())
        for name, spread in about["lengths"].items()
    ]
    if about["balance"]:
        lines += ["", "Balance (evenness 1: all equally often)"]
    for name, shares in about["balance"].items():
        count, evenness = shares["values"], shares["evenness"]
        alone = f"only one value{' (of the whole run, so not counted above)' if name in RUN_LEVEL else ''}"
        even = alone if evenness is None else f"{count} values, evenness {evenness:.2f}"
        most = ", ".join(f"{value or '-'} {share:.0%}" for value, share in list(shares["shares"].items())[:5])
        lines.append(f"  {name:16} {even}: {most}")
    if about["mechanisms"]:
        codes = ", ".join(f"{code} {share:.0%}" for code, share in about["mechanisms"].items())
        lines.append(f"  mechanisms       {codes}")
    if about["coupling"] is not None:
        lines += ["", *about["coupling"]["lines"]]
    lines += ["", "passed" if report.passed else "failed", *(f"  {one}" for one in report.failed)]
    return lines


def value_words(finding: Finding) -> str:
    """A measure as it reads: a count, a share, or why it is not applicable."""
    value = finding.value
    if value is None:
        return f"not applicable: {finding.reason}" if finding.reason else "not applicable"
    if finding.name.startswith("distinct"):
        return f"{value:.3f} ({finding.reason})"
    if finding.name == "training_safe":
        return f"{value:.1%}"
    of = " fields that can vary within a run" if finding.name in _COUNTS else ""
    return f"{finding.count} of {finding.of}{of}"
