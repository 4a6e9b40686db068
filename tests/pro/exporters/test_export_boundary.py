"""Questions at the boundary of what somebody knows: asked about one fact, answered with that fact or not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from timepoint_pro import Simulation
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.exporters.tasks.course import Course
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore

SPREAD = 0.03
"""Most answers, as a share, that may begin with the same three words."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Run]]:
    """Runs of several templates; the castaways' has a branching point, a dog, and decisions on every topic."""
    names = ("castaway_colony_branching", "board_meeting", "hospital_crisis", "mars_mission_portal")
    with RunStore(tmp_path_factory.mktemp("runs") / "runs.db") as store:
        yield [Simulation.from_template(name, seed=1, store=store, run_id=name).run() for name in names]


def boundary(run: Run) -> list[Example]:
    return list(TASKS["knowledge_boundary"](Source(run.store, run.run_id)))


def asked(record: Example) -> str:
    """The question, without the rest of the prompt."""
    return record.sections[-1].text()


def told_words(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text.casefold())


def test_an_answer_tells_the_fact_that_was_asked_about_and_no_other(runs: Sequence[Run]) -> None:
    seen = 0
    for run in runs:
        items = run.items
        for record in boundary(run):
            if record.metadata["tactic"] != "control":
                continue
            seen += 1
            (item,) = record.metadata["knowledge_shared"]
            assert items[item].handle.casefold() in asked(record).casefold()
            # The subject may have become "I"; the rest of the fact stands as it is, figures included.
            tail = told_words(items[item].content)[-4:]
            assert " ".join(tail) in " ".join(told_words(record.answer))
            own = set(re.findall(r"\d[\d,.]*", record.answer))
            assert own <= set(re.findall(r"\d[\d,.]*", items[item].content + items[item].handle))
    assert seen > 80


def test_no_question_about_a_fact_has_a_figure_or_a_decision_in_it(runs: Sequence[Run]) -> None:
    for run in runs:
        for record in boundary(run):
            if record.metadata["tactic"] in ("topic", "control"):
                assert not re.search(r"\d|decision to|\b(two|three|four|six|ten|ninety)\b", asked(record))


def test_a_refused_question_is_about_nothing_that_the_prompt_speaks_of(runs: Sequence[Run]) -> None:
    for run in runs:
        handles = sorted({one.handle for one in run.items.values() if one.handle}, key=len, reverse=True)
        for record in boundary(run):
            if record.metadata["tactic"] == "topic":
                handle = next(one for one in handles if one.casefold() in asked(record).casefold())
                before = " ".join(section.text() for section in record.sections[:-1]).casefold()
                assert handle.casefold().removeprefix("the ") not in before


def test_who_has_no_words_is_asked_nothing(runs: Sequence[Run]) -> None:
    castaways = runs[0]
    dog = next(one for one in castaways.entities if one.kind == "animal")
    assert any(turn.speaker == dog.id for dialog in castaways.dialogs for turn in dialog.turns)
    for record in boundary(castaways):
        assert record.metadata["speaker"] != dog.id
        assert dog.name not in asked(record) + record.answer


def test_nobody_is_asked_what_came_of_the_meeting_that_the_situation_tells_of(runs: Sequence[Run]) -> None:
    asked_of = 0
    for run in runs:
        stages = Course(Source(run.store, run.run_id)).stages
        met: dict[str, set[str]] = {}
        for one in run.exposures:
            time = re.search(r" met in .* (at \d\d:\d\d.*?)\.?$", run.items[one.item].content)
            if time:
                met.setdefault(time[1], set()).add(one.timepoint_id)
        for record in boundary(run):
            if record.metadata["tactic"] == "absent":
                asked_of += 1
                here = record.metadata["timepoint_id"]
                time = max((one for one in met if one in asked(record)), key=len)
                assert stages[here].before not in met[time]
                assert ' ended it like this: "' in record.rejected
    assert asked_of > 3


def test_answers_begin_in_many_ways(runs: Sequence[Run]) -> None:
    begun = Counter(" ".join(record.answer.split()[:3]) for run in runs for record in boundary(run))
    assert begun.total() > 200
    assert begun.most_common(1)[0][1] / begun.total() < SPREAD


def test_a_short_speaker_says_at_most_one_thing_beside_the_answer(runs: Sequence[Run]) -> None:
    lengths: dict[str, list[int]] = {"short": [], "long": []}
    for run in runs:
        voices = {one.id: one.voice.sentence_length for one in run.entities if one.voice is not None}
        for record in boundary(run):
            length = voices.get(record.metadata["speaker"])
            if length in lengths and record.metadata["act"] == "decline":
                lengths[length].append(len(record.answer.split()))
    assert min(map(len, lengths.values())) > 20
    short, long = (sum(found) / len(found) for found in lengths.values())
    assert short < long


def test_a_day_of_the_week_has_the_date_that_it_hangs_on(runs: Sequence[Run]) -> None:
    board = runs[1]
    dated = re.compile(r"'([^']*\b(\w+day)\b[^']*)' \([^)]*?(?:, of (\d{4}-\d\d-\d\d))?, confidence")
    found = [one for record in boundary(board) for one in dated.findall(record.prompt()) if one[1] in DAYS]
    assert found
    assert all(day for _fact, _name, day in found)
    for record in boundary(board):
        today = re.search(r"Context: \w+ (\d{4}-\d\d-\d\d)", record.prompt())[1]  # type: ignore[index]
        if record.metadata["tactic"] == "control":
            told = board.items[record.metadata["knowledge_shared"][0]].content.rstrip(".")
            assert not [day for fact, _name, day in dated.findall(record.prompt()) if fact == told and day != today]
