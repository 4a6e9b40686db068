"""Playing a template several times from the shell, and saying how alike the runs are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.playing import played

if TYPE_CHECKING:
    from timepoint_pro.evaluation.convergence import Convergence
    from timepoint_pro.run import Run
    from timepoint_pro.simulation import Simulation

SHOWN = 10


def repeated(
    simulations: Sequence[Simulation], *, db: Path, out: Path | None, force: bool, as_json: bool, quiet: bool,
    hints: str,
) -> None:  # fmt: skip
    """Play one after the other, export each, and compare them.

    Args:
        simulations: of one template, each with a run id.
        out: folder of the exports, with one folder a run in it; by default ``output``.
        db, force, as_json, quiet, hints: as for ``playing.play``.

    Raises:
        click.exceptions.Exit: when one of them stopped; and with code 1 when the template has ``convergence.enabled``
            and the runs are less alike than ``convergence.min_acceptable_score``.
    """
    from timepoint_pro.evaluation.convergence import converge
    from timepoint_pro.exporters.files import safe_name

    done: list[Run] = []
    summaries: list[Any] = []
    for simulation in simulations:
        folder = out / safe_name(simulation.run_id or "") if out is not None else None
        run, files = played(simulation, db=db, out=folder, force=force, quiet=quiet, hints=hints)
        done.append(run)
        if as_json:
            summaries.append(run.summary(files))
        else:
            say(run.run_id if quiet else f"{run.run_id}: seed {run.seed}, {run.turns} turns, {len(files)} files")
    found = converge(done)
    wanted = simulations[0].template.convergence
    least = wanted.min_acceptable_score if wanted.enabled else None
    passed = reaches(found, least)
    if as_json:
        write_json({"runs": summaries, "convergence": found, "min_acceptable_score": least, "passed": passed})
    elif not quiet:
        say()
        show(found, least)
    if not passed:
        say(shortfall(found, least), err=True)
        raise click.exceptions.Exit(1)


def reaches(found: Convergence, least: float | None) -> bool:
    """Whether the score is at least ``least``; a score that is undefined reaches nothing."""
    return least is None or (found.jaccard is not None and found.jaccard >= least)


def shortfall(found: Convergence, least: float | None) -> str:
    """What to say of a score under its threshold."""
    score = "undefined" if found.jaccard is None else f"{found.jaccard:.3f}"
    return f"convergence is {score}, and at least {least} is wanted"


def show(found: Convergence, least: float | None) -> None:
    """Write a convergence report in words."""
    for line in _lines(found, least):
        say(line)


def _lines(found: Convergence, least: float | None) -> list[str]:
    if found.jaccard is None:
        return [f"Convergence of {len(found.runs)} runs (Jaccard): undefined, {found.z_undefined}"]
    low_high = found.interval
    interval = f", 95 % interval {low_high[0]:.3f} to {low_high[1]:.3f}" if low_high else ""
    chance = f"{found.chance:.3f}" if found.chance is not None else "undefined"
    beyond = f"z = {found.z:.1f}" if found.z is not None else f"z undefined: {found.z_undefined}"
    lines = [
        f"Convergence of {len(found.runs)} runs (Jaccard): {found.jaccard:.3f}{interval}, grade {found.grade}",
        f"  by chance {chance} ({beyond})",
        f"  structural Hamming distance {found.shd:.1f} of {found.edges} edges"
        + (f", order tau {found.tau:.2f}" if found.tau is not None else ""),
        f"  {found.edges - len(found.contested)} edges in all runs, {len(found.contested)} contested",
    ]
    if least is not None:
        lines.append(f"  at least {least} is wanted")
    for edge in found.contested[:SHOWN]:
        lines.append(f"    {edge.agreement:4.0%}  {_short(edge.source)} -> {_short(edge.target)}")
    if len(found.contested) > SHOWN:
        lines.append(f"    and {len(found.contested) - SHOWN} more (--json lists them)")
    return lines


def _short(text: str) -> str:
    return text if len(text) <= 48 else f"{text[:45].rstrip()}..."
