"""Errors of the whole tree: drawn at the top of their file, and the same after a way through pickle."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro import errors
from timepoint_pro.errors import Problem, TimepointError

WORDS = st.text(max_size=12)
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "message": WORDS, "kind": WORDS, "name": WORDS, "extra": WORDS, "purpose": WORDS, "source": WORDS,
    "run_id": WORDS, "campaign_id": WORDS, "code": WORDS, "path": WORDS, "what": WORDS, "where": WORDS,
    "missing": WORDS,
    "known": st.lists(WORDS, max_size=4),
    "changes": st.lists(WORDS, max_size=3),
    "problems": st.lists(st.builds(Problem, WORDS, WORDS, WORDS, st.none() | WORDS), max_size=3),
    "process": st.none() | st.integers(),
    "model": st.none() | WORDS,
    "details": st.dictionaries(st.sampled_from(("status", "endpoint", "retry")), st.integers() | st.booleans()),
    "spent": st.floats(allow_nan=False),
    "limit": st.floats(allow_nan=False),
    "args": st.lists(WORDS, max_size=2),
}  # fmt: skip


def classes(root: type[TimepointError]) -> list[type[TimepointError]]:
    return [root, *(one for below in root.__subclasses__() for one in classes(below))]


TREE = [one for one in classes(TimepointError) if one.__module__ == errors.__name__]


@st.composite
def made(draw: st.DrawFn, kind: type[TimepointError]) -> TimepointError:
    """An error of that class, made as its signature asks for."""
    if kind.__init__ is Exception.__init__:
        return kind(draw(WORDS))
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in inspect.signature(kind).parameters.values():
        value = draw(ARGUMENTS[parameter.name])
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional.extend(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            named.update(value)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            positional.append(value)
    return kind(*positional, **named)


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_error_is_the_same_on_the_other_side(kind: type[TimepointError], data: st.DataObject) -> None:
    error = data.draw(made(kind))
    error.add_note("seen on the way")
    ways = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in (*ways, copy.copy(error), copy.deepcopy(error)):
        assert type(other) is kind
        assert (str(other), other.args) == (str(error), error.args)
        assert vars(other) == vars(error)
        assert other.exit_code == error.exit_code


def test_a_users_own_error_pickles_too() -> None:
    error = pickle.loads(pickle.dumps(PaperJamError(3)))
    assert (str(error), error.tray) == ("paper jam in tray 3", 3)


class PaperJamError(TimepointError):
    def __init__(self, tray: int) -> None:
        self.tray = tray
        super().__init__(f"paper jam in tray {tray}")


def test_the_tree_is_drawn_at_the_top_of_its_file() -> None:
    assert errors.__doc__ is not None
    for kind in TREE:
        line = next(line for line in errors.__doc__.splitlines() if f" {kind.__name__} " in f" {line} ")
        assert kind is TimepointError or str(kind.exit_code) in line.split()
