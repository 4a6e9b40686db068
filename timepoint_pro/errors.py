"""Every error that the library raises, and the exit code that the CLI gives it.

    TimepointError
    ├── UsageError                 2   a wrong argument
    │   ├── UnknownNameError       2   a name that nothing bears (entity, mechanism, model, format ...)
    │   │   └── AmbiguousNameError 2   words that several things bear
    │   └── MissingExtraError      2   an optional dependency is not installed
    ├── TemplateError              3   a template that cannot be used; holds the problems, each with a JSON path
    │   └── TemplateNotFoundError  3   no template of that name
    ├── DataError                  3   a file or record that cannot be read or written
    │   ├── StoreError             3   the database cannot serve
    │   │   ├── RunNotFoundError   3   no run of that id
    │   │   ├── RunExistsError     3   that run id is taken
    │   │   └── RunBusyError       3   another process is playing that run
    │   └── OutputExistsError      3   a file is there already
    ├── MechanismError             3   a mechanism broke its contract
    ├── RunDivergedError           3   a resume under other mechanisms or prompts
    ├── ModelError                 4   the model or the network failed; the run can be resumed
    │   └── AnswerError            4   the model's answer stayed unusable after repair
    ├── UploadError                4   a dataset could not be uploaded; the run is kept, and it can be repeated
    ├── BudgetReachedError         5   the cost or token cap; the run can be resumed
    └── RunInterruptedError      130   stopped by the user; the run can be resumed
        └── CampaignInterruptedError  130   the same of a campaign
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import attrs

LISTED, SHOWN, PART = 12, 6, 3
"""Most names that a message lists; most proposals; fewest letters of a part of a name that is proposed for it."""


class TimepointError(Exception):
    """Root of all errors of this library.

    Attributes hold the machine-readable parts; ``str(error)`` is one or more plain sentences naming what
    is wrong, where, and what to do. All of them pickle and copy: an error of another process reads as it did there.
    """

    exit_code: ClassVar[int] = 1

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is otherwise made anew from its message, which most of these make from their arguments.
        return _restored, (type(self), self.args), self.__dict__


def _restored(kind: type[TimepointError], args: tuple[Any, ...]) -> TimepointError:
    """An error of that class with these ``args``; its own ``__init__`` is not called."""
    error = kind.__new__(kind)
    error.args = args
    return error


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is closest in spelling to ``name``, or None when none is close."""
    candidates = sorted(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    # In short names a few letters in common mean little: "nope" is no slip of "openai".
    cutoff = 0.6 if len(name) > 5 else 0.65
    close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def suggested(name: str, known: Iterable[str]) -> str | None:
    """What may have been meant: the `nearest` known name, else the shortest that holds ``name``, else None."""
    candidates = sorted(known, key=lambda one: (len(one), one))
    within = (one for one in candidates if len(name) >= PART and name.casefold() in one.casefold())
    return nearest(name, candidates) or next(within, None)


def _listed(names: Sequence[str], where: str = "") -> str:
    """The names, the first few of many, and how to see the others; in quotes where one is of several words."""
    shown = [repr(one) if any(" " in name for name in names[:LISTED]) else one for one in names[:LISTED]]
    if len(names) <= LISTED:
        return ", ".join(shown)
    return f"{', '.join(shown)} and {len(names) - LISTED} more{f' ({where})' if where else ''}"


class UsageError(TimepointError):
    """An argument that cannot be used."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that nothing bears.

    Args:
        kind: what was looked up, in words (``"entity"``).
        name: the name as given.
        known: the names there are.
        where: how to see all of them, in words; said where they are too many for the message.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), where: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(set(known)))
        close = suggested(name, self.known)
        parted = [one for one in self.known if name and one.startswith(f"{name}:")]
        if parted:
            advice = f"; did you mean {' or '.join(map(repr, parted[:SHOWN]))}?"
        elif close is not None:
            advice = f"; did you mean {close!r}?"
        elif self.known:
            advice = f"; known: {_listed(self.known, where)}"
        else:
            advice = ""
        super().__init__(f"unknown {kind} {name!r}{advice}")


class AmbiguousNameError(UnknownNameError):
    """Words that fit several things. ``known`` holds the names of all that they fit."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(set(known)))
        shown = _listed(self.known)
        UsageError.__init__(self, f"{kind} {name!r} fits {len(self.known)} of them: {shown}; give one of these")


class MissingExtraError(UsageError):
    """An optional dependency that is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        super().__init__(f"{purpose} needs an extra: pip install 'timepoint-pro[{extra}]'")


@attrs.frozen
class Problem:
    """One thing wrong with a template: where, what was expected, what was found, and what may have been meant.

    ``path`` is empty where the problem is no place in a document, such as a template that is not there.
    """

    path: str
    expected: str
    found: str
    nearest: str | None = None

    def __str__(self) -> str:
        meant = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {self.expected}, found {self.found}{meant}"


class TemplateError(TimepointError):
    """A template that cannot be used. ``problems`` lists everything found, not only the first."""

    exit_code = 3

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source, self.problems = source, tuple(problems)
        super().__init__("\n".join(f"{source}: {problem}" for problem in self.problems))


class TemplateNotFoundError(TemplateError):
    """No template of that name."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        self.name = name
        super().__init__(
            name,
            [Problem("", "the id of a template (see 'timepoint list') or the path of a .json file that is there",
                     repr(name), suggested(name, known))],
        )


class DataError(TimepointError):
    """A file or record that cannot be read or written."""

    exit_code = 3


class StoreError(DataError):
    """The database cannot serve: locked, read-only, full, damaged, or of a newer version."""


class RunNotFoundError(StoreError):
    """No run of that id.

    Args:
        run_id: the id.
        known: the ids of those that there are, oldest first.
        missing: path of the database, where that is not there.
    """

    def __init__(self, run_id: str, known: Iterable[str] = (), missing: str = "") -> None:
        self.run_id, self.known = run_id, tuple(known)
        holding = [one for one in self.known if len(run_id) >= PART and run_id in one]
        close = nearest(run_id, self.known) or (holding[0] if len(holding) == 1 else None)
        if missing:
            super().__init__(f"no run {run_id!r}: {missing}: there is no database; 'timepoint run' makes one")
            return
        if not self.known:
            advice = "; it holds none yet, 'timepoint run TEMPLATE' plays one"
        elif close:
            advice = f"; did you mean {close!r}?"
        elif len(self.known) <= SHOWN:
            advice = f"; it holds {', '.join(self.known)}"
        else:
            advice = f"; 'timepoint runs' lists the {len(self.known)} that it holds"
        super().__init__(f"no run {run_id!r} in this database{advice}")


class RunExistsError(StoreError):
    """That run id is taken."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(
            f"run {run_id!r} exists already; choose another --run-id, or resume it: timepoint resume {run_id}"
        )


class RunBusyError(StoreError):
    """A run, or a campaign, that another process is playing.

    Args:
        name: its id.
        process: id of that process; None where it is not known.
        what: ``"run"`` or ``"campaign"``.
    """

    def __init__(self, name: str, process: int | None = None, what: str = "run") -> None:
        self.name, self.process = name, process
        by = f"process {process}" if process is not None else "another process"
        super().__init__(f"{what} {name!r} is being played by {by}; wait until that ends, or stop it, then go on")


class OutputExistsError(DataError):
    """A file is there already and is not overwritten."""

    def __init__(self, path: object) -> None:
        self.path = str(path)
        super().__init__(
            f"{self.path} exists already; give another place (--out, out=), or replace it (--force, force=True)"
        )


class MechanismError(TimepointError):
    """A mechanism broke its contract: it emitted or read what it did not declare, or failed."""

    exit_code = 3

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"mechanism {code}: {message}")


class RunDivergedError(TimepointError):
    """A run cannot be resumed as it was: mechanisms or prompts have changed since."""

    exit_code = 3

    def __init__(self, run_id: str, changes: Sequence[str]) -> None:
        self.run_id, self.changes = run_id, tuple(changes)
        listed = "; ".join(self.changes)
        super().__init__(
            f"run {run_id!r} was made with other parts: {listed}. Use --accept-changes to go on and record it"
        )


class ModelError(TimepointError):
    """The model or the network failed. What was finished is kept; the run can be resumed."""

    exit_code = 4

    def __init__(self, message: str, *, model: str | None = None, **details: Any) -> None:
        self.model, self.details = model, details
        super().__init__(message)


class AnswerError(ModelError):
    """A model's answer stayed unusable after every repair."""


class UploadError(TimepointError):
    """A dataset could not be uploaded, or its history not be read. The run is kept; it can be repeated."""

    exit_code = 4


class BudgetReachedError(TimepointError):
    """The cap on cost or tokens is reached. What was finished is kept; the run can be resumed."""

    exit_code = 5

    def __init__(self, message: str, *, spent: float, limit: float) -> None:
        self.spent, self.limit = spent, limit
        super().__init__(message)


class RunInterruptedError(TimepointError):
    """The user stopped the run. What was finished is kept; the run can be resumed."""

    exit_code = 130

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"interrupted; go on with: timepoint resume {run_id}")


class CampaignInterruptedError(RunInterruptedError):
    """The user stopped a campaign. What was finished is kept; it goes on with the same call or command."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__(campaign_id)
        self.args = (f"interrupted; go on with: timepoint campaign resume {campaign_id}",)
