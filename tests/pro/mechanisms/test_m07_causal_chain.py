"""M7: edges say what led where, and nobody's history holds what they have no way to."""

from __future__ import annotations

from provenance_story import Story

from timepoint_pro.mechanisms.m03_knowledge_provenance import KnowledgeProvenance
from timepoint_pro.mechanisms.m07_causal_chain import CausalChain, Chain, Edge, EdgesDrawn
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, Timepoint
from timepoint_pro.records.turn import Turn

LEAK = Item("leak", "The pump in loop B is leaking coolant.", handle="the coolant leak")
SEAL = Item("seal", "The cracked seal was never replaced.", handle="the coolant leak")


def moment(number: int, present: tuple[str, ...], **more: object) -> Timepoint:
    settings: dict[str, object] = {"antecedents": (f"T{number - 1}",) if number else (), **more}
    return Timepoint(
        f"T{number}", f"T{number}", number, float(number), present=present, circumstance=f"It is hour {number}.",
        title=f"secret title {number}", description=f"secret description {number}", **settings,  # type: ignore[arg-type]
    )  # fmt: skip


def told(speaker: str, *shared: str) -> Turn:
    return Turn("turn", speaker, "Some words.", shared=shared)


def tale(*news: News) -> Story:
    """ada learns at T0, tells ben at T1, ben tells cleo at T2."""
    story = Story([KnowledgeProvenance(neutral_trust=0.8), CausalChain()], ("ada", "ben", "cleo"))
    arriving = news or (News(LEAK, ("ada",), "witnessed", "instrument"),)
    story.open(moment(0, ("ada",), news=arriving))
    story.close()
    story.open(moment(1, ("ada", "ben")))
    story.say(told("ada", *[one.item.id for one in arriving]))
    story.close()
    story.open(moment(2, ("ben", "cleo"), cause="Ben could not keep it to himself.", mechanism="gossip", strength=0.7))
    story.say(told("ben", "leak"))
    story.close()
    return story


def edges(story: Story) -> list[tuple[str, str, str, float, str]]:
    found = story.world[Chain].edges
    return [(one.source, one.target, one.type, one.strength, one.mechanism) for one in found]


def test_edges_are_temporal_claimed_and_of_knowledge() -> None:
    assert edges(tale()) == [
        ("T0", "T1", "temporal", 1.0, ""),
        ("T0", "T1", "knowledge", 0.975, "the coolant leak"),
        ("T1", "T2", "temporal", 1.0, ""),
        ("T1", "T2", "causal", 0.7, "gossip"),
        ("T1", "T2", "knowledge", 0.88, "the coolant leak"),
    ]


def test_a_knowledge_edge_names_its_exposures_and_a_claim_its_statement() -> None:
    drawn = tale().world[Chain].edges
    [knowledge] = [one for one in drawn if one.type == "knowledge" and one.target == "T2"]
    assert knowledge.evidence[0] == "x:T2:0"
    [claim] = [one for one in drawn if one.type == "causal"]
    assert claim.statement == "Ben could not keep it to himself."


def test_each_edge_stands_once_even_where_handles_are_shared() -> None:
    story = tale(News(LEAK, ("ada",), "witnessed", "instrument"), News(SEAL, ("ada",), "learned", "file"))
    keys = [(one.source, one.target, one.type, one.mechanism) for one in story.world[Chain].edges]
    assert len(keys) == len(set(keys))


def test_what_was_said_again_without_news_still_links_the_moments() -> None:
    story = tale()
    story.open(moment(3, ("ben", "cleo")))
    story.say(told("cleo", "leak"))
    story.close()
    assert ("T2", "T3", "knowledge", 0.804, "the coolant leak") in edges(story)


def test_weak_knowledge_draws_no_edge_where_so_configured() -> None:
    story = Story([KnowledgeProvenance(), CausalChain(least_confidence=0.9)], ("ada", "ben", "cleo"))
    story.open(moment(0, ("ada",), news=(News(LEAK, ("ada",), "witnessed", "instrument", 0.5),)))
    story.close()
    story.open(moment(1, ("ada", "ben")))
    story.say(told("ada", "leak"))
    story.close()
    assert [one.type for one in story.world[Chain].edges] == ["temporal"]


def test_a_licensed_loop_points_back() -> None:
    story = tale()
    story.open(moment(3, ("ben",), loops=("T0",), strength=0.4))
    story.close()
    assert Edge("T3", "T0", "causal", 0.4, "loop") in story.world[Chain].edges


def test_history_holds_what_one_saw_and_what_reached_one() -> None:
    chain = tale().world[Chain]
    assert chain.history(9, "ada") == ("T0: It is hour 0.", "T1: It is hour 1.")
    assert chain.history(9, "ben") == (
        "T0 (heard of): The pump in loop B is leaking coolant.", "T1: It is hour 1.", "T2: It is hour 2.",
    )  # fmt: skip
    assert chain.history(9, "cleo") == ("T1 (heard of): The pump in loop B is leaking coolant.", "T2: It is hour 2.")
    assert chain.history(1, "ben") == ("T2: It is hour 2.",)
    assert chain.history(0, "ben") == ()
    assert chain.history(9, "dan") == ()


def test_history_for_nobody_in_particular_is_what_all_present_saw() -> None:
    story = tale()
    story.open(moment(3, ("ben", "ada")))
    assert story.world[Chain].history(9) == ("T1: It is hour 1.",)
    story.close()
    assert story.world[Chain].history(9) == ()


def test_the_present_moment_and_the_audiences_words_are_in_no_history() -> None:
    story = tale()
    story.open(moment(3, ("ada", "ben", "cleo")))
    lines = [line for one in ("ada", "ben", "cleo") for line in story.world[Chain].history(99, one)]
    assert not any("secret" in line or "hour 3" in line or "himself" in line for line in lines)


def test_history_stays_bounded() -> None:
    story = Story([KnowledgeProvenance(), CausalChain()], ("ada",))
    for number in range(60):
        story.open(moment(number, ("ada",)))
        story.close()
    history = story.world[Chain].history(1000, "ada")
    assert len(history) == 32
    assert history[-1] == "T59: It is hour 59."
    assert len(story.events(EdgesDrawn)) == 59
