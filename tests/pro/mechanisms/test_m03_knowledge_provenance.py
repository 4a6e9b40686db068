"""M3: what people hold is exactly what they were exposed to, by paths that respect time."""

from __future__ import annotations

import itertools
import math

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from provenance_story import Story

from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.knowledge_graph import spread, who_knows, why_knows
from timepoint_pro.mechanisms.m03_knowledge_provenance import (
    ItemStated,
    Knowledge,
    KnowledgeGained,
    KnowledgeProvenance,
)
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Bond, Entity
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, Option, Question, Timepoint
from timepoint_pro.records.turn import Turn
from timepoint_pro.templates import Template

LEAK = Item("leak", "The pump in loop B is leaking coolant.", handle="the coolant leak", topic="cooling")
PEOPLE = ("ada", "ben", "cleo", "dan", "eve")
QUESTION = Question("go", "Do we launch?", (Option("wait", "delay the launch"),), ("launch",), decides="ada")


def moment(number: int, present: tuple[str, ...] = PEOPLE, at: float | None = None, **more: object) -> Timepoint:
    antecedents = (f"T{number - 1}",) if number else ()
    hours = float(number) if at is None else at
    return Timepoint(f"T{number}", f"T{number}", number, hours, antecedents, present=present, **more)  # type: ignore[arg-type]


def turn(number: int, speaker: str, *shared: str, **more: object) -> Turn:
    return Turn(f"turn {number}", speaker, "Some words.", shared=shared, **more)  # type: ignore[arg-type]


def story(news: tuple[News, ...] = (), trust: float = 0.8, present: tuple[str, ...] = PEOPLE, **more: object) -> Story:
    result = Story([KnowledgeProvenance(neutral_trust=trust)], PEOPLE)
    result.open(moment(0, present, news=news, **more))
    return result


def knowledge(of: Story) -> Knowledge:
    return of.world[Knowledge]


def test_three_retellings_at_trust_point_eight() -> None:
    """Jøsang 2016: E .975, .880, .804, .743 from (.95, 0, .05), a = .5."""
    tale = Story([KnowledgeProvenance(neutral_trust=0.8)], PEOPLE)
    news = (News(LEAK, ("ada",), "witnessed", "instrument", 0.95),)
    chain = PEOPLE[:4]
    for number, pair in enumerate(itertools.pairwise(chain)):
        tale.open(moment(number, pair, news=news if number == 0 else ()))
        tale.say(turn(number, pair[0], "leak"))
        tale.close()
    held = [knowledge(tale).holds(one)["leak"].opinion.expectation for one in chain]
    assert held == pytest.approx([0.975, 0.880, 0.804, 0.743], abs=5e-4)
    logged = sorted(knowledge(tale).log.values(), key=lambda one: one.at)
    assert [one.confidence for one in logged] == pytest.approx(held, abs=1e-6)


def test_told_exposures_name_teller_time_and_parents() -> None:
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),))
    tale.say(turn(1, "ada", "leak"), seconds=36.0)
    [root] = [one for one in knowledge(tale).log.values() if one.entity == "ada"]
    told = [one for one in knowledge(tale).log.values() if one.entity != "ada"]
    assert {one.entity for one in told} == set(PEOPLE) - {"ada"}
    assert {(one.how, one.source, one.at, one.parents) for one in told} == {("told", "ada", 0.01, (root.id,))}
    assert len({one.id for one in knowledge(tale).log.values()}) == 5
    assert all(entry.event.causes for entry in tale.entries if isinstance(entry.event, KnowledgeGained))


def test_the_template_says_who_knows_what_from_the_start() -> None:
    roster = {"ada": {"initial_knowledge": ["The seal was replaced in May"]}, "ben": {}, "hall": {"type": "building"}}
    facts = [
        {"id": "f1", "statement": "The budget is spent.", "known_by": ["ben"], "confidence": 0.6, "source": "ledger"},
        {"id": "f2", "statement": "The audit comes.", "known_by": ["ben"], "enters": 1},
        {"id": "f3", "statement": "Nobody knows this."},
    ]
    template = Template(
        scenario_description="x",
        metadata={"entity_roster": roster, "facts": facts, "common_knowledge": ["We launch on Monday"]},
    )
    hall = Entity("hall", "Hall", "building")
    tale = Story([KnowledgeProvenance()], ("ada", "ben", "zoe", hall), template)
    known = knowledge(tale)
    contents = {one: {known.item(item).content for item in known.holds(one)} for one in ("ada", "ben", "hall")}
    assert contents == {
        "ada": {"The seal was replaced in May", "We launch on Monday"},
        "ben": {"The budget is spent.", "We launch on Monday"},
        "hall": set(),
    }
    [budget] = [one for one in knowledge(tale).log.values() if one.item == "f1"]
    assert (budget.how, budget.source, budget.parents, budget.confidence) == ("initial", "ledger", (), 0.8)
    tale.open(moment(0, ("ada", "zoe", "hall")))
    assert {knowledge(tale).item(one).content for one in knowledge(tale).holds("zoe")} == {"We launch on Monday"}
    [monday] = knowledge(tale).holds("zoe")
    assert knowledge(tale).common(monday, ("ada", "zoe"))
    assert not knowledge(tale).common(monday, ("ada", "hall"))


def test_the_same_root_twice_adds_nothing_but_refreshes() -> None:
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),))
    tale.say(turn(1, "ada", "leak"))
    before = knowledge(tale).holds("ben")["leak"]
    for number, speaker in enumerate(("ada", "cleo", "ada", "ben")):
        tale.say(turn(2 + number, speaker, "leak"))
    after = knowledge(tale).holds("ben")["leak"]
    assert len(knowledge(tale).log) == len(PEOPLE)
    assert (after.opinion, after.exposures) == (before.opinion, before.exposures)
    assert after.trace.count == before.trace.count + 4


def test_independent_reports_are_fused_and_dependent_ones_are_not() -> None:
    news = (News(LEAK, ("ada",), "learned", "instrument"), News(LEAK, ("ben",), "learned", "patrol"))
    tale = story(news, present=("ada", "ben", "cleo"))
    tale.say(turn(1, "ada", "leak"))
    one = knowledge(tale).holds("cleo")["leak"]
    assert one.opinion == Opinion(0.76, 0.0, 0.24)
    tale.say(turn(2, "ben", "leak"))
    both = knowledge(tale).holds("cleo")["leak"]
    assert both.opinion.u < one.opinion.u
    assert both.opinion.b > one.opinion.b
    assert len(both.roots) == 2


def test_what_several_saw_together_is_one_root() -> None:
    tale = story((News(LEAK, PEOPLE, "witnessed", "scene"),))
    assert {tuple(knowledge(tale).holds(one)["leak"].roots) for one in PEOPLE} == {("x:T0:0",)}
    tale.say(turn(1, "ada", "leak"))
    assert len(knowledge(tale).log) == len(PEOPLE)


def test_a_surer_report_of_the_same_root_replaces_a_vague_one() -> None:
    trusts = Entity("cleo", "Cleo", bonds=(Bond("ada", trust=1.0), Bond("ben", trust=-0.9)))
    people = ("ada", Entity("ben", "Ben", bonds=(Bond("ada", trust=1.0),)), trusts)
    tale = Story([KnowledgeProvenance()], people, facets=(Ties(),))
    tale.open(moment(0, ("ada", "ben"), news=(News(LEAK, ("ada",), "witnessed", "instrument"),)))
    tale.say(turn(1, "ada", "leak"))
    tale.close()
    tale.open(moment(1, ("ben", "cleo")))
    tale.say(turn(2, "ben", "leak"))
    vague = knowledge(tale).holds("cleo")["leak"]
    tale.close()
    tale.open(moment(2, ("ada", "cleo")))
    tale.say(turn(3, "ada", "leak"))
    sure = knowledge(tale).holds("cleo")["leak"]
    assert vague.opinion.u > 0.9
    assert sure.opinion == Opinion(0.95, 0.0, 0.05)
    assert sure.best != vague.best


def test_trust_is_the_listeners_in_the_speaker() -> None:
    people = ("ada", Entity("ben", "Ben", bonds=(Bond("ada", trust=0.6),)))
    tale = Story([KnowledgeProvenance()], people, facets=(Ties(),))
    tale.open(moment(0, ("ada", "ben"), news=(News(LEAK, ("ada",), "witnessed", "instrument"),)))
    tale.say(turn(1, "ada", "leak"))
    assert knowledge(tale).holds("ben")["leak"].opinion.b == pytest.approx(0.8 * 0.95)


def test_new_statements_become_items_and_the_rest_does_not() -> None:
    said = ("The valve must be closed by hand.", "Close it.", "Good morning everybody, welcome!", LEAK.content)
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),))
    tale.say(turn(1, "ada", act="propose", said_new=said))
    new = [event.item for event in tale.events(ItemStated)[1:]]
    assert [(one.content, one.category) for one in new] == [("The valve must be closed by hand.", "plan")]
    assert set(knowledge(tale).holds("ben")) == {"leak", new[0].id}
    [own] = [one for one in knowledge(tale).log.values() if one.item == new[0].id and one.entity == "ada"]
    assert (own.how, own.source) == ("inferred", "ada")
    assert own.parents == (knowledge(tale).holds("ada")["leak"].best,)


@pytest.mark.parametrize(
    ("act", "category"),
    [("propose", "plan"), ("oppose", "opinion"), ("question", "question"), ("concede", "agreement")],
)
def test_the_category_follows_the_act(act: str, category: str) -> None:
    tale = story()
    tale.say(turn(1, "ada", act=act, said_new=("The margin will not hold until noon.",)))
    [stated] = tale.events(ItemStated)
    assert stated.item.category == category


def test_strangers_and_things_neither_tell_nor_learn() -> None:
    wall = Entity("wall", "Wall", "building")
    tale = Story([KnowledgeProvenance()], ("ada", "ben", wall))
    tale.open(moment(0, ("ada", "ben", "wall", "ghost"), news=(News(LEAK, ("ada", "ghost"), "learned", "mail"),)))
    tale.say(turn(1, "ada", "leak"))
    tale.say(turn(2, "ghost", "leak", said_new=("The wall has ears and eyes.",)))
    assert {one.entity for one in knowledge(tale).log.values()} == {"ada", "ben"}
    assert len(tale.events(ItemStated)) == 1


def test_nobody_can_tell_what_they_do_not_hold() -> None:
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),))
    assert tale.say(turn(1, "ben", "leak", "nonsense")) == []


def test_a_closing_turn_with_an_option_is_a_decision_that_all_witness() -> None:
    tale = story(question=QUESTION, present=("ada", "ben", "cleo"))
    tale.say(turn(1, "ada", act="close", option="wait"))
    [stated] = tale.events(ItemStated)
    item = stated.item
    assert (item.content, item.category, item.subject) == ("Ada decided to delay the launch.", "decision", "ada")
    assert {(one.entity, one.how) for one in knowledge(tale).log.values()} == {
        (one, "witnessed") for one in ("ada", "ben", "cleo")
    }
    assert knowledge(tale).common(item.id, ("ada", "ben", "cleo"))
    assert knowledge(tale).holds("ben")[item.id].pinned


def test_a_decision_by_agreement_names_those_who_took_it() -> None:
    open_question = Question("go", "Do we launch?", (Option("wait", "delay the launch"),))
    tale = story(question=open_question, present=("ada", "ben"))
    tale.say(turn(1, "ben", act="close", option="wait"))
    [stated] = tale.events(ItemStated)
    assert stated.item.content == "Ben and Ada decided to delay the launch."


def test_common_ground_is_what_was_aired_among_those_present() -> None:
    tale = story((News(LEAK, ("ada", "ben"), "learned", "mail"),), present=("ada", "ben"))
    ground = knowledge(tale)
    assert not ground.common("leak", ("ada", "ben")), "both hold it, neither knows of the other"
    tale.say(turn(1, "ada", "leak"))
    assert knowledge(tale).common("leak", ("ada", "ben"))
    tale.close()
    tale.open(moment(1, ("ada", "cleo")))
    tale.say(turn(2, "ada", "leak"))
    assert knowledge(tale).common("leak", ("cleo", "ada"))
    assert not knowledge(tale).common("leak", ("ada", "ben", "cleo")), "ben and cleo never met over it"


def test_untold_share_falls_as_things_are_said() -> None:
    other = Item("seal", "The seal was replaced in May.")
    tale = story((News(LEAK, ("ada",)), News(other, ("ada",))))
    assert knowledge(tale).untold_share("ada") == 1.0
    tale.say(turn(1, "ada", "leak"))
    assert knowledge(tale).untold_share("ada") == 0.5
    assert knowledge(tale).untold_share("ben") == 0.0
    assert knowledge(tale).untold_share("nobody") == 0.0


def test_news_that_somebody_told_rests_on_what_they_hold() -> None:
    tale = story((News(LEAK, ("ben",), "told", "dan", 0.9),), present=("ada", "ben"))
    exposures = {one.entity: one for one in knowledge(tale).log.values()}
    assert exposures["ben"].parents == (exposures["dan"].id,)
    assert exposures["dan"].parents == ()


def test_one_use_is_forgotten_as_act_r_says() -> None:
    """Anderson, Lebiere 1998: recall .993 after 1 h, .736 after 24 h, .197 after 168 h."""
    idle = Item("idle", "The kettle in the galley is blue.", importance=0.2)
    tale = story((News(idle, ("ada",)),))
    recalled = [knowledge(tale).recall("ada", "idle", hours) for hours in (1.0, 24.0, 168.0)]
    assert recalled == pytest.approx([0.993, 0.736, 0.197], abs=5e-4)
    assert [one.item for one in knowledge(tale).recallable("ada", 24.0, 9)] == ["idle"]
    assert knowledge(tale).recallable("ada", 168.0, 9) == ()
    assert "idle" in knowledge(tale).holds("ada"), "what is forgotten stays in provenance"


def test_years_do_not_wipe_what_matters() -> None:
    grave = Item("grave", "The hull has a crack below the line.", importance=0.8)
    idle = Item("idle", "The kettle in the galley is blue.", importance=0.2)
    reveal = Item("reveal", "Dan signed the false report.", "revelation", importance=0.1)
    tale = story(tuple(News(one, ("ada",)) for one in (grave, idle, reveal)))
    for hours in (24.0, 100.0, 191.0, 1e3, 8766.0, 87_660.0):
        assert knowledge(tale).recall("ada", "grave", hours) >= 0.5
    recalled = {one.item for one in knowledge(tale).recallable("ada", 87_660.0, 9)}
    assert recalled == {"grave", "reveal"}


def test_recall_prefers_the_topic_then_weight_and_keeps_to_the_limit() -> None:
    items = [Item(f"i{number:03}", f"Statement number {number} stands here.", topic="t") for number in range(200)]
    tale = story((*[News(one, ("ada",)) for one in items], News(LEAK, ("ada",))))
    first = knowledge(tale).recallable("ada", 1.0, 5, ("cooling",))
    assert first[0].item == "leak"
    assert len(first) == 5
    assert first == knowledge(tale).recallable("ada", 1.0, 5, ("cooling",))
    assert knowledge(tale).recallable("ada", 1.0, 0) == ()


def test_why_who_and_spread() -> None:
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),), present=("ada", "ben"))
    tale.say(turn(1, "ada", "leak"))
    tale.close()
    tale.open(moment(1, ("ben", "cleo")))
    tale.say(turn(2, "ben", "leak"))
    exposures = list(knowledge(tale).log.values())
    graph = why_knows(exposures, "cleo", "leak")
    order = list(networkx.topological_sort(graph))
    assert [graph.nodes[one]["entity"] for one in order] == ["ada", "ben", "cleo"]
    assert [graph.nodes[one]["root"] for one in order] == [True, False, False]
    assert graph.nodes[order[0]]["how"] == "witnessed"
    assert len(why_knows(exposures, "cleo", "leak", at=0.5)) == 0
    assert who_knows(exposures, "leak", at=0.5) == ("ada", "ben")
    assert [(one.entity, one.holders) for one in spread(exposures, "leak")] == [("ada", 1), ("ben", 2), ("cleo", 3)]


@st.composite
def tales(draw: st.DrawFn) -> list[tuple[tuple[str, ...], list[tuple[str, str]], list[tuple[str, str]]]]:
    """Moments: who is there, (holder, item) of news, (teller, item) of turns."""
    moments = []
    for _ in range(draw(st.integers(1, 4))):
        present = tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=5, unique=True)))
        pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(("i0", "i1", "i2")))
        news = draw(st.lists(pairs, max_size=3, unique=True))
        turns = draw(st.lists(st.tuples(st.sampled_from(present), st.sampled_from(("i0", "i1", "i2"))), max_size=6))
        moments.append((present, news, turns))
    return moments


@settings(max_examples=60)
@given(tales(), st.floats(0.0, 1.0))
def test_random_tales_keep_every_invariant(
    tale: list[tuple[tuple[str, ...], list[tuple[str, str]], list[tuple[str, str]]]], trust: float
) -> None:
    run = Story([KnowledgeProvenance(neutral_trust=trust)], PEOPLE)
    reports: dict[str, Opinion] = {}
    number = 0
    for place, (present, news, turns) in enumerate(tale):
        items = [Item(one, f"Statement {one} is about something.") for _, one in news]
        arriving = tuple(
            News(item, (holder,), "learned", f"channel {holder}") for item, (holder, _) in zip(items, news, strict=True)
        )
        run.open(moment(place, present, news=arriving))
        for speaker, item in turns:
            number += 1
            before = knowledge(run)
            run.say(turn(number, speaker, item))
            run.say(turn(number, speaker, item))
            again = knowledge(run)
            assert_nothing_twice(before, again, speaker, item)
        run.close()
    now = knowledge(run)
    for event in run.events(KnowledgeGained):
        reports.update((one.id, report) for one, report in zip(event.exposures, event.reports, strict=True))
    for person in PEOPLE:
        exposed = {one.item for one in now.log.values() if one.entity == person}
        assert set(now.holds(person)) == exposed
    for exposure in now.log.values():
        opinion = reports[exposure.id]
        assert math.isclose(opinion.b + opinion.d + opinion.u, 1.0, abs_tol=2e-6)
        for parent_id in exposure.parents:
            parent = now.log[parent_id]
            assert parent.at < exposure.at
            assert (parent.entity, parent.item) == (exposure.source, exposure.item)
        if len(exposure.parents) == 1:
            told = reports[exposure.parents[0]]
            assert opinion.b <= told.b + 1e-6
            assert opinion.u >= told.u - 1e-6
        graph = why_knows(now.log.values(), exposure.entity, exposure.item)
        assert networkx.is_directed_acyclic_graph(graph)
        roots = {one for one, degree in graph.in_degree() if degree == 0}
        assert all(now.log[one].how == "learned" for one in roots)


def assert_nothing_twice(before: Knowledge, after: Knowledge, speaker: str, item: str) -> None:
    """The second of two equal tellings in a row made no exposure: nobody has two new ones."""
    new = [one.entity for one in after.log.values() if one.id not in before.log]
    assert len(new) == len(set(new))
    assert speaker not in new
    assert item in after.holds(speaker) or not new


@settings(max_examples=30)
@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=8), st.floats(0.0, 1.0))
def test_belief_never_rises_and_uncertainty_never_falls_along_one_root(tellers: list[str], trust: float) -> None:
    tale = story((News(LEAK, ("ada",), "witnessed", "instrument"),), trust)
    for number, teller in enumerate(tellers):
        tale.say(turn(number, teller, "leak"))
    for one in PEOPLE:
        holding = knowledge(tale).holds(one).get("leak")
        if holding is not None:
            assert holding.opinion.b <= 0.95
            assert holding.opinion.u >= 0.05
