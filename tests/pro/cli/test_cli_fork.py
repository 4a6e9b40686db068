"""``timepoint fork``: what is set otherwise, what it reached, and what cannot be read."""

from __future__ import annotations

import json

import pytest
from command_line import Timepoint, plain


@pytest.fixture
def hall(timepoint: Timepoint) -> Timepoint:
    """The command line in a folder whose database has the run ``hall``."""
    plain(timepoint("run", "convergence/simple", "--seed", "4", "--run-id", "hall", "--quiet"))
    return timepoint


def test_a_fork_is_played_and_compared(hall: Timepoint) -> None:
    told = plain(hall("fork", "hall", "--at", "T1", "--decision", "Ines: another date", "--run-id", "later"))
    assert "Against hall" in told
    assert "Ines, T1:later: set otherwise" in told
    assert "moment was planned otherwise" in told
    shown = plain(hall("show", "later", "--timepoint", "T1:later"))
    assert "Ines decided to put the concert off by a week" in " ".join(shown.split())
    assert "later" in plain(hall("runs"))


def test_kinds_combine_and_json_is_one_document(hall: Timepoint) -> None:
    result = plain(hall(
        "fork", "hall", "--at", "T2", "--state", "Rob: valence=-0.6, energy=15", "--presence", "Marta: absent",
        "--relationship", "Ines/Rob: trust=-0.4", "--exposure", "Ines: fund", "--branch", "worse", "--json",
    ))  # fmt: skip
    assert json.loads(result)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "nothing is set otherwise"),
        (("--decision", "another date"), "expected 'WHO: ...'"),
        (("--state", "Rob: calm"), "expected valence=NUMBER"),
        (("--state", "Rob: valence=9"), "from -1 to 1, found 9"),
        (("--presence", "Rob: maybe"), "'there' or 'absent'"),
        (("--relationship", "Rob: trust=1"), "WHO/WHOM"),
        (("--state", "Bob: valence=0"), "did you mean 'Rob'"),
    ],
)
def test_what_cannot_be_set_is_a_usage_error(hall: Timepoint, options: tuple[str, ...], words: str) -> None:
    result = hall("fork", "hall", "--at", "T1", *options)
    assert result.exit_code == 2, result.output
    assert words in " ".join(result.stderr.split())


def test_a_timepoint_that_was_not_played_is_named(hall: Timepoint) -> None:
    result = hall("fork", "hall", "--at", "T7", "--presence", "Rob: absent")
    assert result.exit_code == 2
    assert "unknown timepoint 'T7'" in result.stderr


def test_a_timepoint_that_only_branches_have_is_proposed_with_them(hall: Timepoint) -> None:
    options = ("--at", "T1", "--presence", "Rob: absent", "--branch", "without", "--run-id", "without", "--quiet")
    plain(hall("fork", "hall", *options))
    result = hall("fork", "without", "--at", "T1", "--presence", "Marta: absent")
    assert result.exit_code == 2
    assert "unknown timepoint 'T1'; did you mean 'T1:without'?" in result.stderr


def test_people_and_timepoints_are_found_whatever_the_capitals(hall: Timepoint) -> None:
    plain(hall("fork", "hall", "--at", "t1", "--presence", "rOB: absent", "--run-id", "typed", "--quiet"))
    plain(hall("fork", "hall", "--at", "T1", "--presence", "Rob: absent", "--run-id", "written", "--quiet"))
    typed, written = (plain(hall("show", one)) for one in ("typed", "written"))
    assert typed == written


def test_a_decision_in_words_that_mean_no_option_is_told(hall: Timepoint) -> None:
    options = ("--at", "T1", "--quiet")
    free = hall("fork", "hall", *options, "--decision", "Ines: sing louder", "--run-id", "free")
    assert free.exit_code == 0
    assert "'sing louder' is none of the options of T1 (" in free.stderr
    assert "put the concert off by a week" in free.stderr
    meant = hall("fork", "hall", *options, "--decision", "Ines: another date", "--run-id", "meant")
    assert (meant.exit_code, meant.stderr) == (0, "")
