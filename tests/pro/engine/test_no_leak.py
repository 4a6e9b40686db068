"""Facts planted where nobody may know them yet: they never appear in a prompt or a turn before they may."""

from __future__ import annotations

import re

from attrs import evolve

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms.m05_resolution import QueryDrivenResolution
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.prompts.planning import Antecedents, ProposeAntecedents
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

MARK = re.compile(r"Quillon\d*x")


class Overhearing(ScriptedBackend):
    """The built-in model, keeping for each dialog prompt all its words: context and rendered messages."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, DialogTurn):
            context = request.prompt.context
            words = "\n".join(message.content for message in request.prompt.messages())
            self.heard.append((context.setting.timepoint_id, context.speaker.id, f"{context!r}\n{words}"))
        return await super().complete(request)


def play(template: Template, backend: Overhearing, seed: int = 3) -> Run:
    return Simulation(template, seed=seed, backend=backend, store=":memory:").run()


def with_fact(template: Template, **fact: object) -> Template:
    return template.with_changes({"metadata.facts": [*template.to_dict()["metadata"]["facts"], fact]})


def marked_turns(run: Run) -> list[tuple[str, str]]:
    return [(d.timepoint_id, t.speaker) for d in run.dialogs for t in d.turns if MARK.search(t.content)]


def test_a_fact_of_a_later_moment_appears_in_no_earlier_prompt_or_turn() -> None:
    board = Template.from_template("board_meeting")
    template = with_fact(
        board, id="later", statement="The Quillonx ledger was opened by the auditors.", known_by=["*"],
        handle="the Quillonx ledger", topic=board.questions[-1].topics[0], importance=1.0, enters=3,
    )  # fmt: skip
    seen_after = 0
    for seed in range(3):
        backend = Overhearing()
        run = play(template, backend, seed)
        order = [timepoint.id for timepoint in run.timepoints]
        for timepoint, _speaker, words in backend.heard:
            if order.index(timepoint) < 3:
                assert "Quillonx" not in words
            else:
                seen_after += "Quillonx" in words
        assert all(order.index(timepoint) >= 3 for timepoint, _speaker in marked_turns(run))
    assert seen_after > 0


def test_what_only_somebody_without_a_voice_holds_reaches_nobody() -> None:
    absent = {"metadata.entity_roster.outsider": {"type": "building", "name": "The Annex"}, "entities.count": 4}
    template = with_fact(
        Template.from_template("convergence/simple").with_changes(absent), id="secret", known_by=["outsider"],
        statement="The Quillonx passage runs under the stage.", handle="the Quillonx passage", importance=1.0,
    )  # fmt: skip
    backend = Overhearing()
    run = play(template, backend)
    assert len(backend.heard) > 10
    assert not [words for _timepoint, _speaker, words in backend.heard if "Quillonx" in words]
    assert not marked_turns(run)
    assert run.who_knows("secret") == ("outsider",)


def test_what_only_an_absent_person_knows_waits_for_them() -> None:
    board = Template.from_template("board_meeting")
    waited = 0
    for holder in board.roster:
        template = with_fact(
            board, id="secret", known_by=[holder], importance=1.0, enters=1,
            statement="The Quillonx contract has a second signature.", handle="the Quillonx contract",
        )  # fmt: skip
        backend = Overhearing()
        run = play(template, backend, seed=1)
        met = {holder}
        for timepoint in run.timepoints:
            if timepoint.index >= 1 and met & set(timepoint.present):
                met |= set(timepoint.present)
            for where, speaker, words in backend.heard:
                if where == timepoint.id and speaker not in met:
                    waited += 1
                    assert "Quillonx" not in words
    assert waited > 0


def test_private_facts_reach_others_only_by_being_told() -> None:
    run_backend = Overhearing()
    run = play(Template.from_template("board_meeting"), run_backend, seed=9)
    for exposure in run.exposures:
        if exposure.how == "told":
            teller = [one for one in run.exposures if one.entity == exposure.source and one.item == exposure.item]
            assert teller
            assert min(one.at for one in teller) <= exposure.at
            assert exposure.parents


class Planting(Overhearing):
    """Marks every antecedent that is proposed, in each of its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, str] = {}

    async def complete(self, request: Request, /) -> Completion:
        completion = await super().complete(request)
        if not isinstance(request.prompt, ProposeAntecedents):
            return completion
        marked = []
        for candidate in completion.value.candidates:
            mark = f"Quillon{len(self.marks)}x"
            self.marks[mark] = candidate.title
            marked.append(
                evolve(
                    candidate, title=f"{candidate.title} {mark}",
                    description=f"{candidate.description} It is called {mark}.",
                    circumstance=f"{candidate.circumstance} A sign on the wall says {mark}.",
                )
            )  # fmt: skip
        return evolve(completion, value=Antecedents(tuple(marked)))


def test_a_portal_hides_its_outcome_and_every_later_premise() -> None:
    outcome = "The mission fails because the Quillon999x bulkhead gives way."
    template = Template.from_template("mars_mission_portal").with_changes({"temporal.portal_description": outcome})
    for seed in range(3):
        backend = Planting()
        run = play(template, backend, seed)
        order = [timepoint.id for timepoint in run.timepoints]
        own = {
            mark: order.index(timepoint.id)
            for timepoint in run.timepoints
            for mark in MARK.findall(f"{timepoint.title} {timepoint.description} {timepoint.circumstance}")
        }
        own["Quillon999x"] = len(order) - 1
        assert len(own) >= len(order) - 1, "the plants did not reach the plan: the test proves nothing"
        shown = 0
        for timepoint, _speaker, words in backend.heard:
            for mark in MARK.findall(words):
                shown += 1
                assert own[mark] <= order.index(timepoint), f"{mark} of {order[own[mark]]} leaks into {timepoint}"
        assert shown > 0
        for timepoint, _speaker in marked_turns(run):
            words = " ".join(t.content for d in run.dialogs if d.timepoint_id == timepoint for t in d.turns)
            assert all(own[mark] <= order.index(timepoint) for mark in MARK.findall(words))


TRAINED = QueryDrivenResolution(uniform="trained")


def test_at_trained_nobody_remembers_words_of_a_scene_that_they_were_not_in() -> None:
    backend = Overhearing()
    template = Template.from_template("castaway_colony_branching")
    run = Simulation(template, mode="forward", seed=5, backend=backend, store=":memory:", mechanisms=[TRAINED]).run()
    present = {one.id: set(one.present) for one in run.timepoints}
    order = [one.id for one in run.timepoints]
    said = [(one.timepoint_id, turn.content) for one in run.dialogs for turn in one.turns if len(turn.content) > 60]
    heard_again = unheard = 0
    for where, speaker, words in backend.heard:
        own = {text for place, text in said if speaker in present[place]}
        for place, text in said:
            if order.index(place) >= order.index(where):
                continue
            if speaker in present[place]:
                heard_again += text in words
            elif text not in own:
                unheard += 1
                assert text not in words
    assert heard_again > 100
    assert unheard > 100


def test_at_trained_what_only_an_absent_person_knows_waits_for_them() -> None:
    castaway = Template.from_template("castaway_colony_branching")
    waited = known = 0
    for holder in ("Lacombe", "Bram", "Abernathy"):
        template = with_fact(
            castaway, id="secret", known_by=[holder], importance=1.0, enters=2, topic="food",
            statement="The Quillonx chart names this island.", handle="the Quillonx chart",
        )  # fmt: skip
        backend = Overhearing()
        given = {"mode": "forward", "seed": 2, "store": ":memory:", "mechanisms": [TRAINED]}
        run = Simulation(template, backend=backend, **given).run()  # type: ignore[arg-type]
        met = {holder}
        for timepoint in run.timepoints:
            if timepoint.index >= 2 and met & set(timepoint.present):
                met |= set(timepoint.present)
            for where, speaker, words in backend.heard:
                if where == timepoint.id:
                    waited += speaker not in met
                    known += "Quillonx" in words
                    assert speaker in met or "Quillonx" not in words
    assert waited > 0
    assert known > 0


def test_who_told_the_teller_stays_with_the_teller() -> None:
    backend = Overhearing()
    template = Template.from_template("castaway_colony_branching")
    run = Simulation(template, mode="forward", seed=5, backend=backend, store=":memory:", mechanisms=[TRAINED]).run()
    own = {(one.entity, one.item): [] for one in run.exposures}  # type: ignore[var-annotated]
    names = {one.id: one.name for one in run.entities}
    for one in run.exposures:
        own[one.entity, one.item].append(names.get(one.source, one.source))
    steps = 0
    for _where, speaker, words in backend.heard:
        _before, found, after = words.rpartition("How it reached you")
        section = after.partition("\n\n")[0] if found else ""
        for item, told in re.findall(r"^- \[([^\]]+)\] (.*)$", section, re.MULTILINE):
            for source in re.findall(r"from ([^;(]+?) at ", told):
                steps += 1
                assert source in own[speaker, item]
    assert steps > 0
