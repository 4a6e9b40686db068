"""Is a data set fit to train on? Every record is read, and each measure says what it found and where.

``audit`` judges any JSON Lines file of prompts and completions, an export's folder, a run, or records at hand. What
needs the metadata of this library's records is marked as not applicable elsewhere. docs/validation.md explains each
measure.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, field

from timepoint_pro.collector import collector_slowed
from timepoint_pro.errors import DataError
from timepoint_pro.evaluation import measures
from timepoint_pro.evaluation.audit_report import LIMITS, AuditReport, Finding, checked_limits, judged
from timepoint_pro.evaluation.measures import Distinct, Repeats, Spread, balance, is_a_turn, is_ours
from timepoint_pro.evaluation.samples import Flaw, Lineages, Sample, files_of, read_file
from timepoint_pro.evaluation.stories import Leak, Story, story_of

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

__all__ = ["LIMITS", "AuditReport", "audit"]

FEWEST = 20
"""Records with metadata under which no field is called constant."""
FORGOTTEN = 64
"""Values of a field beyond which it is surely not constant, and is no longer counted."""

_COUNTED: tuple[str, ...] = (
    "invalid", "empty", "truncated", "leak_knowledge", "leak_future", "leak_absent", "canary", "contradictions",
    "duplicates", "record_duplicates",
)  # fmt: skip
_BALANCED = ("speaker", "archetype", "task", "temporal_mode", "tactic", "act")
_NOT_OURS = "no record has this library's metadata"
_NO_TURN = "no record of this library's task dialog_turn"


def audit(
    source: str | os.PathLike[str] | StoredRun | Iterable[Mapping[str, Any]],
    *,
    thresholds: Mapping[str, float] | None = None,
    canaries: Iterable[str] = (),
    coupling: bool = False,
) -> AuditReport:
    """Judge training data.

    Args:
        source: the path of a JSON Lines file or of an export's folder; a run; or records.
        thresholds: limits by name of ``LIMITS``, besides the defaults there.
        canaries: texts that must stand in no record.
        coupling: measure too whether state moves language (`evaluation.coupling`).

    Returns:
        The report; ``report.passed`` says whether every limit is kept.

    Raises:
        UsageError: for a threshold that does not exist or means nothing.
        DataError: when there is no record to judge, with the first thing that is wrong.
    """
    limits = checked_limits(thresholds or {})
    tally = _Tally(tuple(one for one in canaries if one))
    if coupling:
        from timepoint_pro.evaluation.coupling import Couplings

        tally.couplings = Couplings()
    if isinstance(source, (str, os.PathLike)):
        files, name = files_of(Path(source)), str(source)
        with collector_slowed():
            _judge(files, tally, {})
    else:
        run_id = getattr(source, "run_id", None)
        stories = {run_id: story_of(source)} if isinstance(run_id, str) else {}  # type: ignore[arg-type]
        name, tally.from_log = f"run {run_id}" if stories else "records", bool(stories)
        with tempfile.TemporaryDirectory() as folder:
            # Written down once, since they are read twice: for the order of moments, then for the rest.
            spool = Path(folder) / "records"
            _spool(source.training_examples() if stories else source, spool)  # type: ignore[union-attr, arg-type]
            with collector_slowed():
                _judge([spool], tally, stories)
    if not tally.records:
        problem = f"; {tally.findings['invalid'].examples[0]}" if tally.findings["invalid"].examples else ""
        raise DataError(f"{name}: holds no training record{problem}")
    return judged(name, tally.read, tally.finished(), tally.about(), limits)


def _spool(records: Iterable[Mapping[str, Any]], spool: Path) -> None:
    with spool.open("wb") as file:
        for number, record in enumerate(records, 1):
            try:
                file.write(orjson.dumps(record) + b"\n")
            except TypeError as error:
                raise DataError(f"record {number}: expected what JSON can hold: {error}") from error


def _judge(files: list[Path], tally: _Tally, stories: dict[str, Story]) -> None:
    known = frozenset(stories)
    for one in (one for file in files for one in read_file(file)):
        if isinstance(one, Sample) and is_a_turn(one.metadata):
            run_id = str((one.metadata or {}).get("run_id"))
            if run_id not in known:
                stories.setdefault(run_id, Story()).take_in(one)
    for file in files:
        beside = file.with_name("provenance.jsonl")
        tally.lineages = Lineages(beside) if beside.is_file() else None
        for one in read_file(file):
            tally.take(one, stories)


@define(slots=False)
class _Tally:
    """Everything counted so far. ``from_log``: the records are those of a run whose log is at hand."""

    canaries: tuple[str, ...]
    from_log: bool = False
    read: int = 0
    records: int = 0
    ours: int = 0
    safe: int = 0
    turns: int = 0
    described: int = 0
    traced: int = 0
    lineages: Lineages | None = None
    couplings: Any = None
    findings: dict[str, Finding] = field(factory=lambda: {name: Finding(name) for name in _COUNTED})
    repeats: Repeats = field(factory=Repeats)
    distinct: Distinct = field(factory=Distinct)
    spreads: defaultdict[str, Spread] = field(factory=lambda: defaultdict(Spread))
    shares: defaultdict[str, Counter[str]] = field(factory=lambda: defaultdict(Counter))
    values: dict[str, Counter[str] | None] = field(factory=dict)
    kinds: dict[str, tuple[str, ...]] = field(factory=dict)

    def take(self, one: Sample | Flaw, stories: Mapping[str, Story]) -> None:
        """One more line."""
        self.read += 1
        if isinstance(one, Flaw):
            self.findings["invalid"].note(one.place, one.problem)
            return
        self.records += 1
        self._texts(one)
        self._schema(one)
        for canary in self.canaries:
            if canary in one.prompt or canary in one.completion:
                self.findings["canary"].note(self._at(one), f"holds {canary!r}")
        if one.metadata is not None and (is_a_turn(one.metadata) or not is_ours(one.metadata)):
            self._fields(one.metadata)
        if is_ours(one.metadata):
            self._ours(one, stories)
        if self.couplings is not None:
            self.couplings.add(one)

    def _at(self, one: Sample) -> str:
        """Where a record is found again: its line in its file; of a run, which has no file, its id."""
        return str((one.metadata or {}).get("record_id", one.place)) if self.from_log else one.place

    def _texts(self, one: Sample) -> None:
        if not one.completion.strip() or (not one.prompt.strip() and one.shape != "text"):
            self.findings["empty"].note(self._at(one), f"no {'prompt' if one.completion.strip() else 'completion'}")
        elif measures.is_truncated(one):
            self.findings["truncated"].note(self._at(one), f"ends in {one.completion.rstrip()[-24:]!r}")
        completion, record, prompt_words = self.repeats.add(self._at(one), one.prompt, one.completion)
        if completion:
            self.findings["duplicates"].note(self._at(one), f"says nearly what {completion} says")
        if record:
            self.findings["record_duplicates"].note(self._at(one), f"is nearly {record}")
        self.distinct.add(one.completion)
        for name, text, count in (
            ("prompt", one.prompt, prompt_words), ("completion", one.completion, len(one.completion.split())),
        ):  # fmt: skip
            size = len(text.encode(errors="replace"))
            self.spreads[f"{name}_words"].add(count)
            self.spreads[f"{name}_tokens"].add(round(size / measures.BYTES_PER_TOKEN))

    def _schema(self, one: Sample) -> None:
        """Records of one file must have the same columns, and ours their metadata's schema."""
        file = one.place.partition(" line ")[0]
        first = self.kinds.setdefault(file, tuple(sorted(one.keys)))
        problem = ""
        if tuple(sorted(one.keys)) != first:
            problem = f"has the columns {', '.join(one.keys)}; the first record has {', '.join(first)}"
        elif is_ours(one.metadata):
            problem = measures.wrong_metadata(one.metadata or {})
        if problem:
            self.findings["invalid"].note(self._at(one), problem)

    def _fields(self, metadata: Mapping[str, Any]) -> None:
        self.described += 1
        for name, value in metadata.items():
            if name in measures.RUN_LEVEL:
                continue
            if name not in self.values:
                self.values[name] = Counter()
            counts = self.values[name]
            if counts is not None:
                counts[repr(value)] += 1
                if len(counts) > FORGOTTEN and max(counts.values()) < measures.CONSTANT * counts.total():
                    self.values[name] = None

    def _ours(self, one: Sample, stories: Mapping[str, Story]) -> None:
        assert one.metadata is not None
        data = one.metadata
        self.ours += 1
        self.safe += data.get("training_safe") is True
        for name in (*_BALANCED, "license", "model"):
            self.shares[name][str(data.get(name, ""))] += 1
        codes = data.get("mechanisms")
        if isinstance(codes, list):
            for code in codes:
                self.shares["mechanisms"][str(code)] += 1
        if is_a_turn(data):
            self._turn(one, data, stories)

    def _turn(self, one: Sample, data: Mapping[str, Any], stories: Mapping[str, Story]) -> None:
        self.turns += 1
        for problem in measures.contradictions(one)[:1]:
            self.findings["contradictions"].note(self._at(one), problem)
        story = stories[str(data.get("run_id"))]
        leaks = [*story.leaks(one), *self._traced(one, story)]
        kinds: dict[str, str] = {}
        for leak in leaks:
            kinds.setdefault(leak.kind, leak.what)
        for kind, what in kinds.items():
            self.findings[f"leak_{kind}"].note(self._at(one), what)

    def _traced(self, one: Sample, story: Story) -> Iterator[Leak]:
        assert one.metadata is not None
        if self.lineages is None:
            return
        lineage = self.lineages.of(one.metadata)
        if lineage is None:
            self.findings["invalid"].note(one.place, "its line is not where it should be in provenance.jsonl")
            return
        self.traced += 1
        yield from story.traced(one, lineage)

    def finished(self) -> dict[str, Finding]:
        """The findings, with what can only be said at the end."""
        found = dict(self.findings)
        for name in _COUNTED:
            found[name].of = self.read if name == "invalid" else self.records
        if not self.canaries:
            found["canary"].reason = "no canary was given"
        for name in ("contradictions", "leak_knowledge", "leak_future", "leak_absent"):
            found[name].of = self.turns
            if not self.turns:
                found[name].reason = _NO_TURN if self.ours else _NOT_OURS
        if not self.from_log:
            found["leak_knowledge"].of = self.traced
            if self.turns and not self.traced:
                found["leak_knowledge"].reason = "needs the run, or the export's provenance.jsonl beside the file"
        judged_fields = {name: counts for name, counts in self.values.items() if name not in measures.MAY_BE_ALONE}
        constant = Finding("constants", of=len(judged_fields))
        for name, counts in sorted(judged_fields.items()):
            if counts is None or self.described < FEWEST:
                continue
            value, most = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
            if most > measures.CONSTANT * self.described:
                constant.note(f"metadata.{name}", f"is {value[:40]} in {most / self.described:.0%} of the records")
        if self.described < FEWEST:
            constant.reason = f"fewer than {FEWEST} records of turns or others with metadata"
        found["constants"] = constant
        distinct = self.distinct.values()
        for n in range(3):
            found[f"distinct_{n + 1}"] = Finding.of_value(
                f"distinct_{n + 1}", None if distinct is None else distinct[n][0],
                "no words" if distinct is None else f"least {distinct[n][1]:.3f} in any window",
            )  # fmt: skip
        safe = self.safe / self.ours if self.ours else None
        found["training_safe"] = Finding.of_value("training_safe", safe, "" if self.ours else _NOT_OURS)
        return found

    def about(self) -> dict[str, Any]:
        """What is told without being judged."""
        shares = {name: balance(self.shares[name]) for name in (*_BALANCED, "license", "model") if name in self.shares}
        codes = self.shares.get("mechanisms", Counter())
        return {
            "records": self.records,
            "of_this_library": self.ours,
            "lengths": {name: spread.summary() for name, spread in self.spreads.items()},
            "balance": shares,
            "mechanisms": {code: round(codes[code] / self.ours, 4) for code in sorted(codes, key=_code_order)},
            "coupling": None if self.couplings is None else self.couplings.report(),
        }


def _code_order(code: str) -> tuple[int, str]:
    return (int(code[1:]) if code[1:].isdigit() else 0, code)
