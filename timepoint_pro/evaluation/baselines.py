"""M12, M17 and M18 beside a stated baseline: leaving them out would say nothing.

    M12  a fork, beside playing everything again from scratch (with other random numbers, as a second run would have)
         up to the same moment and setting the same thing otherwise there
    M17  the template's kind of time, beside the same template played forward
    M18  the selector's choice for each action of the run, beside one fixed model for all: the one it chooses for dialog
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.evaluation.ablation import play
from timepoint_pro.evaluation.counterfactual import divergence
from timepoint_pro.exporters import training_examples
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.llm.selector import ModelSelector
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import Timeline, Timepoint

if TYPE_CHECKING:
    from timepoint_pro.run import Run
    from timepoint_pro.templates import Template

COMPARED = ("M12", "M17", "M18")
SHAKEN = {"valence": -0.9, "arousal": 0.9}
FELT_BY = ("human", "ai")


@frozen
class Row:
    """One quantity, with the mechanism and by the baseline, in words or numbers."""

    quantity: str
    with_it: str
    baseline: str


@frozen
class Baseline:
    """One mechanism beside its baseline.

    Args:
        code: ``"M12"``, ``"M17"`` or ``"M18"``.
        name: the field's term.
        against: what the baseline is, in words.
        rows: the comparison.
        note: what to know besides; empty where nothing.
    """

    code: str
    name: str
    against: str
    rows: tuple[Row, ...]
    note: str = ""


def baselines(
    template: Template | str, codes: Iterable[str] = COMPARED, *, seed: int = 0, **arguments: Any
) -> tuple[Baseline, ...]:
    """Each of ``codes`` beside its baseline.

    Args:
        template: as for ``ablation.ablate``.
        codes: of ``COMPARED``.
        seed: of all runs.
        arguments: likewise.

    Raises:
        UnknownNameError: for another code.
        UsageError: for M12, where nobody is there who could feel otherwise.
        TemplateError: when the template cannot be used.
    """
    codes = tuple(codes)
    unknown = [code for code in codes if code not in MAKERS]
    if unknown:
        raise UnknownNameError("mechanism with a baseline", unknown[0], COMPARED)
    run = play(template, seed=seed, **arguments)
    return tuple(MAKERS[code](run, template, seed, arguments) for code in codes)


def _fork_or_rerun(run: Run, template: Template | str, seed: int, arguments: dict[str, Any]) -> Baseline:
    fork = _shaken(run)
    again = play(template, seed=seed + 1, **arguments)
    rerun = _shaken(again)
    at, label = _middle(run).id, fork.interventions[-1].label
    one, other = divergence(run, fork), divergence(run, rerun)
    before = _turns_before(run, at)
    same = [sum(_turns(run)[turn] == _turns(it).get(turn) for turn in before) for it in (fork, rerun)]
    asked = fork.cost.calls, _calls_before(again, _middle(again).id) + rerun.cost.calls
    rows = (
        Row(f"turns before {at} that are the original's", *(f"{count} of {len(before)}" for count in same)),
        Row("model calls made", str(asked[0]), str(asked[1])),
        Row("people reached by it", *(f"{len(each.cone.entities)}" for each in (one, other))),
        Row("differences that it did not cause", str(len(one.unexplained)), str(len(other.unexplained))),
    )
    against = f"everything played again from scratch (seed {seed + 1}) and the same set otherwise"
    return Baseline("M12", "counterfactual branching", against, rows, f"set otherwise at {at}: {label}")


def _mode_or_forward(run: Run, template: Template | str, seed: int, arguments: dict[str, Any]) -> Baseline:
    against = "the same template played forward"
    if run.mode == "forward":
        note = "this template is played forward already: there is nothing to compare"
        return Baseline("M17", "modal temporal causality", against, (), note)
    forward = play(template, seed=seed, mode="forward", **{k: v for k, v in arguments.items() if k != "mode"})
    counts = [_counts(one) for one in (run, forward)]
    rows = tuple(Row(name, str(counts[0][name]), str(counts[1][name])) for name in counts[0])
    return Baseline("M17", "modal temporal causality", against, rows, f"kind of time: {run.mode}")


def _counts(run: Run) -> dict[str, int]:
    edges: list[str] = [kind for _, _, data in run.causal_graph.edges(data=True) for kind in data["types"]]
    records = [record["metadata"]["task"] for record in training_examples(run, TASKS)]
    return {
        "moments played": len(run.timepoints),
        "ends of the story": len(run.ends),
        "paths considered": len(run.paths),
        "causal edges claimed": edges.count("causal"),
        "knowledge edges": edges.count("knowledge"),
        "turns": run.turns,
        **{f"records, {task}": records.count(task) for task in TASKS},
    }


def _chosen_or_fixed(run: Run, template: Template | str, seed: int, arguments: dict[str, Any]) -> Baseline:
    selector = ModelSelector()
    fixed = selector.select_model(ActionType.DIALOG_SYNTHESIS)
    rows, totals, scores = [], [0.0, 0.0], [0.0, 0.0]
    used = run.store.query(
        "SELECT action, count(*) AS calls, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out "
        "FROM llm_calls WHERE run_id = ? GROUP BY action ORDER BY action", (run.run_id,),
    )  # fmt: skip
    calls = sum(row["calls"] for row in used)
    for row in used:
        explanation = selector.explain(row["action"])
        points = {one.model: one.score for one in explanation.candidates}
        said = []
        for place, model in enumerate((explanation.chain[0], fixed)):
            cost = selector.registry.cost_usd(model, row["tokens_in"], row["tokens_out"]) or 0.0
            totals[place] += cost
            scores[place] += points.get(model, 0.0) * row["calls"] / calls
            said.append(f"{model} (score {points.get(model, 0.0):.2f}, ${cost:.4f})")
        rows.append(Row(f"{row['action']}, {row['calls']} calls", said[0], said[1]))
    rows.append(Row("mean score over calls", f"{scores[0]:.3f}", f"{scores[1]:.3f}"))
    rows.append(Row("cost of this run's tokens", f"${totals[0]:.4f}", f"${totals[1]:.4f}"))
    note = "computed from the registry's ratings and prices; no model is asked"
    return Baseline("M18", "model selection", f"{fixed} for every action", tuple(rows), note)


def _shaken(run: Run) -> Run:
    """A fork at the middle of the main path, at which somebody present feels otherwise."""
    moment, cast = _middle(run), run.world()[Cast]
    who = next((one for one in moment.present if cast[one].kind in FELT_BY), None)
    if who is None:
        raise UsageError(f"M12 has nobody to set otherwise: no person is present in {moment.id}")
    return run.fork(moment.id, Intervention.state(who, **SHAKEN))


def _middle(run: Run) -> Timepoint:
    passed = run.world()[Timeline].passed
    return passed[len(passed) // 2]


def _turns(run: Run) -> dict[str, str]:
    return {turn.turn_id: turn.content for dialog in run.dialogs for turn in dialog.turns}


def _turns_before(run: Run, at: str) -> list[str]:
    """Ids of the turns on the main path before the moment ``at``."""
    passed = [one.id for one in run.world()[Timeline].passed]
    before = passed[: passed.index(at)]
    return [turn.turn_id for dialog in run.dialogs if dialog.timepoint_id in before for turn in dialog.turns]


def _calls_before(run: Run, at: str) -> int:
    """Model calls up to the moment ``at``, those that planned it included."""
    before = set(run.lineage(at)[:-1])
    rows = run.store.query("SELECT chunk, sum(attempts) AS calls FROM llm_calls WHERE run_id = ? GROUP BY chunk",
                           (run.run_id,))  # fmt: skip
    return sum(row["calls"] for row in rows if row["chunk"] in before)


MAKERS: Mapping[str, Callable[[Run, Template | str, int, dict[str, Any]], Baseline]] = {
    "M12": _fork_or_rerun, "M17": _mode_or_forward, "M18": _chosen_or_fixed,
}  # fmt: skip
"""By code: the comparison of a run of a template and seed, made with more arguments for other runs like it."""
