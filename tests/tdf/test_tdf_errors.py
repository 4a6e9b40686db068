"""Errors read the same after a way through pickle, as from another process."""

from __future__ import annotations

import pickle

import pytest

from timepoint_tdf import TDFError, TDFExistsError, TDFReadError, TDFValidationError, TDFWriteError
from timepoint_tdf.errors import TDFProblem


@pytest.mark.parametrize(
    "error",
    [
        TDFError("no such thing"),
        TDFValidationError("document", [TDFProblem("$.a", "expected a text"), TDFProblem("$.b", "missing")]),
        TDFReadError("a.jsonl", 7, "no JSON"),
        TDFWriteError("a.jsonl", "no room"),
        TDFExistsError("a.jsonl"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_on_the_other_side(error: TDFError) -> None:
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert (str(other), vars(other)) == (str(error), vars(error))
