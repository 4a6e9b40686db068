"""M4: what may be said is said, what may not is refused with its reason, and every planted violation is found."""

from __future__ import annotations

import pytest
from provenance_story import Story

from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.mechanisms.knowledge import Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.learning import belief
from timepoint_pro.mechanisms.m03_knowledge_provenance import KnowledgeProvenance
from timepoint_pro.mechanisms.m04_constraint_enforcement import (
    ConstraintEnforcement,
    Violation,
    ViolationFound,
    Violations,
)
from timepoint_pro.mechanisms.m06_tensor_state import TensorState
from timepoint_pro.mechanisms.minds import AffectMoved
from timepoint_pro.mechanisms.phrases import Phrases, folded
from timepoint_pro.mechanisms.rhythm import EnergySpent, Rhythm
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.timepoint import News, Option, Question, Timepoint
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted, TurnRefused
from timepoint_pro.templates import Template

LEAK = Item("leak", "The pump in loop B has been leaking coolant since Tuesday.", handle="the coolant leak")
SEAL = Item("seal", "Dan signed for the cracked seal without a second look.", handle="the cracked seal")
PEOPLE = ("ada", "ben", "cleo")
SOUND = "We have until noon to make up our minds about this."


def moment(number: int = 0, present: tuple[str, ...] = PEOPLE, at: float | None = None, **more: object) -> Timepoint:
    settings: dict[str, object] = {"antecedents": (f"T{number - 1}",) if number else (), **more}
    hours = float(number) if at is None else at
    return Timepoint(f"T{number}", f"T{number}", number, hours, present=present, **settings)  # type: ignore[arg-type]


def story(*news: News, template: Template | None = None, **more: object) -> Story:
    result = Story([KnowledgeProvenance(), ConstraintEnforcement()], PEOPLE, template, (Ties(), Speech()))
    result.open(moment(news=news, **more))
    return result


def turn(content: str, speaker: str = "ada", **more: object) -> Turn:
    return Turn("T0.1", speaker, content, **more)  # type: ignore[arg-type]


def rule(tale: Story, said: Turn) -> str:
    """The rule by which the turn is refused; empty where it is admitted."""
    [event] = tale.propose(said)
    return event.rule if isinstance(event, TurnRefused) else ""


def found(tale: Story) -> list[Violation]:
    return [event.violation for event in tale.close() if isinstance(event, ViolationFound)]


def test_a_sound_turn_is_admitted_and_takes_its_time() -> None:
    tale = story()
    [event] = tale.propose(turn(SOUND))
    assert event == TurnAdmitted("T0.1", 11 * 0.4 + 2.0, (), causes=event.causes)
    assert event.causes == (tale.entries[-2].id,)
    assert tale.world[Floor].at == pytest.approx(6.4 / 3600.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (turn(SOUND, "dan"), "presence"),
        (turn(SOUND, addressed_to=("dan",)), "presence"),
        (turn(SOUND, "ben", shared=("leak",)), "information"),
        (turn(SOUND, shared=("no such item",)), "information"),
        (turn("Have you all heard about that Coolant Leak yet?", "ben"), "information"),
        (turn("They say the pump in loop B has been leaking coolant for days.", "ben"), "information"),
        (turn(SOUND, "ben", said_new=("The pump in loop B has been leaking coolant.",)), "information"),
        (turn("The coolant is fine and nothing leaks at all today.", "ben"), ""),
    ],
)
def test_what_cannot_be_said_is_refused(said: Turn, expected: str) -> None:
    assert rule(story(News(LEAK, ("ada",))), said) == expected


def test_the_reason_gives_nothing_away() -> None:
    tale = story(News(LEAK, ("ada",)))
    [event] = tale.propose(turn("They say the pump in loop B has been leaking coolant for days.", "ben"))
    assert isinstance(event, TurnRefused)
    assert "ben" in event.reason
    assert "Tuesday" not in event.reason


def test_facts_of_the_template_are_guarded_before_they_enter() -> None:
    facts = [{"id": "f", "statement": LEAK.content, "handle": LEAK.handle, "known_by": ["ada"], "enters": 3}]
    template = Template(scenario_description="x", metadata={"entity_roster": {"ada": {}}, "facts": facts})
    assert rule(story(template=template), turn("Nobody will notice the coolant leak before dawn.")) == "information"


@pytest.mark.parametrize(
    "content",
    [
        "Have you all heard about that coolant leak yet?",
        "Well, the pump in loop B has been leaking coolant since Tuesday.",
    ],
)
def test_naming_what_one_holds_counts_as_sharing_it(content: str) -> None:
    tale = story(News(LEAK, ("ada",)))
    [event] = tale.propose(turn(content))
    assert isinstance(event, TurnAdmitted)
    assert event.also_shared == ("leak",)
    last = tale.world[Floor].last
    assert last is not None
    assert last.shared == ("leak",)


def test_common_ground_and_what_everyone_sees_may_be_named_freely() -> None:
    aired = story(News(LEAK, PEOPLE, "witnessed", "scene"))
    [event] = aired.propose(turn("We must talk about the coolant leak before noon."))
    assert isinstance(event, TurnAdmitted)
    assert event.also_shared == ()
    seen = story(News(LEAK, ("cleo",)), circumstance="An alarm reports a coolant leak in the hall.")
    assert rule(seen, turn("We must talk about the coolant leak before noon.")) == ""
    asked = Question("q", "What now?", (Option("fix", "fix the coolant leak"),))
    assert rule(story(News(LEAK, ("cleo",)), question=asked), turn("I would fix the coolant leak at once.")) == ""


def test_a_longer_handle_is_not_mistaken_for_the_shorter_one_in_it() -> None:
    short = Item("short", "Every leak of this year was reported late.", handle="the leak")
    tale = story(News(short, ("ben",)), News(LEAK, ("ada",)))
    assert rule(tale, turn("Let us speak of the coolant leak, then.", shared=("leak",))) == ""


def test_a_reading_much_like_an_older_one_is_only_itself() -> None:
    old = Item("old", "The oxygen in the main hall is 20 percent at 9, well above the limit of 18 percent.")
    new = Item("new", "The oxygen in the main hall is 19 percent at 9, well above the limit of 18 percent.")
    tale = story(News(old, ("ada", "ben")), News(new, ("ada",)))
    [event] = tale.propose(turn(new.content, shared=("new",)))
    assert isinstance(event, TurnAdmitted)
    assert event.also_shared == ()


def test_a_repeated_turn_is_refused_and_short_ones_may_recur() -> None:
    tale = story()
    assert rule(tale, turn(SOUND)) == ""
    assert rule(tale, turn(SOUND.replace("this", "that"), "ben")) == "repetition"
    for _ in range(2):
        assert rule(tale, turn("Agreed, then.", "ben")) == ""


def test_after_the_last_attempt_a_turn_is_given_up_for_all_to_see() -> None:
    tale = story(News(LEAK, ("ada",)))
    said = turn(SOUND, "ben", shared=("leak",))
    for _ in range(3):
        [event] = tale.propose(said)
        assert isinstance(event, TurnRefused)
        assert not event.final
    refused, violation = tale.propose(said)
    assert isinstance(refused, TurnRefused)
    assert refused.final
    assert isinstance(violation, ViolationFound)
    [kept] = tale.world[Violations].found
    assert (kept.rule, kept.severity, kept.entity, kept.timepoint_id) == ("information", "hard", "ben", "T0")
    assert "leak" in kept.explanation
    assert kept.evidence == violation.causes
    assert tale.world[Floor].silences == 1


def test_an_honest_moment_has_no_violation() -> None:
    tale = story(News(LEAK, ("ada",), "witnessed", "instrument"), location="hall")
    tale.propose(turn(SOUND, shared=("leak",)))
    tale.close()
    tale.open(moment(1, location="yard"))
    tale.propose(turn("Let me tell you once more how it stands.", "ben", shared=("leak",)))
    tale.close()
    assert tale.world[Violations].found == ()


def exposure(name: str, entity: str, how: str, source: str, at: float, parents: tuple[str, ...] = ()) -> Exposure:
    return Exposure(name, entity, "leak", how, source, "T0", at, 0.9, parents)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (exposure("x", "ben", "told", "ada", 0.0), "rests it on nothing"),
        (exposure("x", "ben", "told", "ada", 0.0, ("x:T9:9",)), "never happened"),
        (exposure("x", "ben", "learned", "mail", 5.0), "still to come"),
        (exposure("x", "dan", "learned", "mail", 0.0), "nobody of that name"),
        (exposure("x", "ben", "told", "cleo", 0.0, ("x:T0:0",)), "named as the teller"),
    ],
)
def test_planted_information_without_a_path_is_found(planted: Exposure, words: str) -> None:
    tale = story(News(LEAK, ("ada",), "witnessed", "instrument"))
    tale.fold([KnowledgeGained(0.0, (planted,), (belief(0.9),))], "M12")
    [violation] = found(tale)
    assert (violation.rule, violation.severity) == ("information", "hard")
    assert words in violation.explanation
    assert violation.evidence[0] == "x"


def test_planted_information_from_elsewhere_is_found() -> None:
    tale = story(News(LEAK, ("ada",), "witnessed", "instrument"))
    tale.close()
    tale.open(moment(1, antecedents=()))
    tale.say(turn(SOUND, shared=("leak",)))
    assert {one.rule for one in found(tale)} == {"information"}
    assert "nothing leads here" in tale.world[Violations].found[0].explanation


def test_planted_flow_between_people_apart_is_found_unless_a_channel_joins_them() -> None:
    roster = {"ada": {"influence_channels": ["Radio"]}, "cleo": {"influence_channels": ["radio"]}, "ben": {}}
    template = Template(scenario_description="x", metadata={"entity_roster": roster})
    for listener, expected in (("ben", ["flow"]), ("cleo", [])):
        tale = story(News(LEAK, ("ada",), "witnessed", "instrument"), template=template, present=("ada",))
        other = Item("other", "Something else entirely came up.")
        tale.close()
        tale.open(moment(1, ("ada",), news=(News(other, ("ada",)),)))
        planted = Exposure("x", listener, "leak", "told", "ada", "T1", 1.0, 0.9, ("x:T0:0",))
        tale.fold([KnowledgeGained(1.0, (planted,), (belief(0.9),))], "M12")
        assert [one.rule for one in found(tale)] == expected


def test_planted_overspending_is_found() -> None:
    tale = Story([KnowledgeProvenance(), ConstraintEnforcement()], PEOPLE, facets=(Ties(), Rhythm()))
    tale.open(moment())
    tale.fold([EnergySpent(0.0, (("ada", 5.0), ("ben", 250.0)))], "M14")
    [violation] = found(tale)
    assert (violation.rule, violation.entity) == ("energy", "ben")
    assert "250.0 points" in violation.explanation


def test_planted_second_place_is_found() -> None:
    tale = story(location="hall")
    tale.say(turn(SOUND), seconds=7200.0)
    tale.close()
    tale.open(moment(1, ("ada",), at=1.0, location="yard", antecedents=()))
    [violation] = found(tale)
    assert (violation.rule, violation.entity, violation.evidence) == ("place", "ada", ("T0", "T1"))
    assert "yard" in violation.explanation
    assert "hall" in violation.explanation


def test_planted_contradiction_of_times_is_found_and_explained_by_its_cycle() -> None:
    tale = story()
    tale.say(turn(SOUND), seconds=7200.0)
    tale.close()
    tale.open(moment(1, at=1.0))
    [violation] = found(tale)
    assert (violation.rule, violation.evidence) == ("schedule", ("T0", "T1"))
    assert "T1 follows from T0" in violation.explanation
    assert "by 1 h" in violation.explanation


@pytest.mark.parametrize(
    ("antecedents", "words"), [(("T1",), "leads back to itself: T1 from T1"), (("T7",), "has not happened before it")]
)
def test_planted_cycles_of_causes_are_found(antecedents: tuple[str, ...], words: str) -> None:
    tale = story()
    tale.close()
    tale.open(moment(1, antecedents=antecedents))
    [violation] = found(tale)
    assert violation.rule == "acyclic"
    assert words in violation.explanation


def test_a_licensed_loop_is_no_cycle() -> None:
    tale = story()
    tale.close()
    tale.open(moment(1, antecedents=("T0", "T1"), loops=("T1",)))
    assert found(tale) == []


def felt(alpha: float, moments: int) -> Story:
    """A tale whose feelings follow their process."""
    mechanisms = [KnowledgeProvenance(), ConstraintEnforcement(alpha=alpha), TensorState()]
    tale = Story(mechanisms, PEOPLE, facets=(Ties(),))
    for number in range(moments):
        tale.open(moment(number, at=6.0 * number))
        tale.close()
    return tale


def test_inertia_flags_honest_feelings_at_the_expected_rate() -> None:
    violations = felt(alpha=0.1, moments=150).world[Violations]
    assert violations.tested == 150 * len(PEOPLE) * 2
    assert violations.inertia_rate == pytest.approx(0.1, abs=4 * (0.1 * 0.9 / 900) ** 0.5)


def test_a_planted_jump_of_feeling_is_found_and_an_explained_one_is_not() -> None:
    for impulse, expected in ((0.0, [("inertia", "soft", "ben")]), (-1.5, [])):
        tale = felt(alpha=1e-4, moments=3)
        tale.open(moment(3, at=18.0))
        tale.fold([AffectMoved(18.1, (("ben", -1.5, 0.0, impulse, 0.0, "grief"),))], "M6")
        assert [(one.rule, one.severity, one.entity) for one in found(tale)] == expected


def test_the_index_finds_handles_and_contents_among_many() -> None:
    index = Phrases()
    for number in range(500):
        content, handle = f"The sensor of bay {number} reads low.", f"bay {number} reading"
        index = index.having(Item(f"i{number}", content, handle=handle))
    text = folded("I do not trust the bay 321 reading, and neither should you.")
    assert index.named(text) == {("bay", "321", "reading"): ["i321"]}
    assert list(index.repeated(folded("Listen: the sensor of bay 7 reads low."))) == ["i7"]
    assert index.repeated(folded("Nothing of the kind was ever said.")) == {}


def test_knowledge_of_the_speaker_explains_words_that_are_also_a_handle() -> None:
    note = Item("note", "Ben wrote a note on the cracked seal last week.")
    tale = story(News(SEAL, ("cleo",)), News(note, ("ada",)))
    assert rule(tale, turn("I keep thinking of the cracked seal, I confess.")) == ""
    assert "seal" not in tale.world[Knowledge].holds("ada")


def test_every_event_survives_the_log() -> None:
    tale = story(News(LEAK, ("ada",)))
    for _ in range(4):
        tale.propose(turn(SOUND, "ben", shared=("leak",)))
    tale.propose(turn("Have you all heard about that coolant leak yet?"))
    tale.stage(Stage.LEARN)
    tale.close()
    for entry in tale.entries:
        kind = type(entry.event)
        assert Codec.of([kind]).event(kind.__name__, dumps(entry.event)) == entry.event
