"""Every error that this package raises. All are ``ValueError``.

TDFError                  a value that cannot be TDF
├── TDFValidationError    a document or record that breaks its schema; lists the problems by path
├── TDFReadError          a file that cannot be read; holds the file and the line
└── TDFWriteError         a file that cannot be written; holds the file
    └── TDFExistsError    a file is there already (also a ``FileExistsError``)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import frozen


class TDFError(ValueError):
    """Root of all errors of this package; ``str(error)`` names what is wrong, where, and what to do. All pickle."""

    _made_from: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes that the class is made from; empty where that is the message."""

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is otherwise made anew from its message, and most of these make that from their arguments.
        return type(self), tuple(vars(self)[name] for name in self._made_from) or self.args, vars(self)


@frozen
class TDFProblem:
    """One thing wrong with a document: its JSON path, as in ``$.timepoints[2].timestamp``, and what."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class TDFValidationError(TDFError):
    """A document or record that breaks its schema. ``problems`` lists what was found, sorted by path."""

    _made_from: ClassVar[tuple[str, ...]] = ("kind", "problems")

    def __init__(self, kind: str, problems: Sequence[TDFProblem]) -> None:
        self.kind, self.problems = kind, tuple(problems)
        super().__init__(f"not a valid {kind}: " + "; ".join(str(problem) for problem in self.problems))


class TDFReadError(TDFError):
    """A file that cannot be read as TDF. ``line_number`` counts from 1; 0 stands for the file as a whole."""

    _made_from: ClassVar[tuple[str, ...]] = ("path", "line_number", "reason")

    def __init__(self, path: object, line_number: int, reason: str) -> None:
        self.path, self.line_number, self.reason = str(path), line_number, reason
        place = f", line {line_number}" if line_number else ""
        super().__init__(f"{self.path}{place}: {reason}")


class TDFWriteError(TDFError):
    """A file that cannot be written. Nothing is left under its name that was not there before."""

    _made_from: ClassVar[tuple[str, ...]] = ("path", "reason")

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = str(path), reason
        super().__init__(f"{self.path}: {reason}")


class TDFExistsError(TDFWriteError, FileExistsError):
    """A file is there already and is not overwritten."""

    _made_from: ClassVar[tuple[str, ...]] = ("path",)

    def __init__(self, path: object) -> None:
        super().__init__(path, "exists already; choose another path, or pass force=True to replace it")
