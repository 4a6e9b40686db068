"""What happens again, word for word, on another path of the same world: in a branch, a round, a fork.

Paths of one world draw the same random numbers, so whatever nothing has changed is said again. Of records that retell a
moment (``RETOLD``) the first is kept; those that compare paths, or ask about them, need all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from attrs import define, field

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.dataset.splits import world_of
from timepoint_pro.exporters.tasks.example import Example

RETOLD = frozenset(("dialog_turn", "state_transition"))
"""Tasks whose records retell a moment: what is said, what becomes of a state."""

_PATHS = "SELECT min(path_id), max(path_id) FROM timepoints WHERE run_id = ?"


def worlds(sources: Sequence[Source], threshold: float | None) -> dict[str, str]:
    """The runs that can hold something twice, each with its world: those of several paths, and relatives of each other.

    Args:
        sources: the runs of a dataset.
        threshold: what a user says of records told twice; none is looked for with 0.
    """
    if threshold == 0.0:
        return {}
    of_run = {source.run_id: world_of(source) for source in sources}
    relatives = Counter(of_run.values())
    return {
        source.run_id: of_run[source.run_id] for source in sources
        if relatives[of_run[source.run_id]] > 1 or _has_paths(source)
    }  # fmt: skip


def _has_paths(source: Source) -> bool:
    found = source.store.first(_PATHS, (source.run_id,))
    return found is not None and found[0] != found[1]


@define
class Repeats:
    """Knows what was told on which path.

    Memory: some 150 bytes a record of the runs in ``worlds``, for as long as records of their world may come.

    Args:
        worlds: run ids that are looked at, each with its world.
    """

    worlds: Mapping[str, str]
    _relatives: Counter[str] = field(init=False)
    _task: str = field(default="", init=False)
    _run: str = field(default="", init=False)
    _told: dict[str, dict[bytes, tuple[str, str]]] = field(factory=dict, init=False)
    _here: dict[bytes, tuple[str, str]] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._relatives = Counter(self.worlds.values())

    def again(self, example: Example) -> bool:
        """Whether an earlier record of the same task and speaker, on another path of the world, says the same.

        Records must come task by task, and run by run in each.
        """
        data = example.metadata
        run_id, task = data["run_id"], data["task"]
        if run_id != self._run or task != self._task:
            self._enter(run_id, task)
        if self._here is None:
            return False
        path = run_id, data["path_id"]
        words = f"{data['speaker']}\0{example.completion}"
        return self._here.setdefault(blake2b(words.encode(), digest_size=16).digest(), path) != path

    def _enter(self, run_id: str, task: str) -> None:
        before = self.worlds.get(self._run, "")
        if task != self._task:
            self._told.clear()
        elif self._relatives[before] < 2:
            self._told.pop(before, None)
        self._run, self._task = run_id, task
        world = self.worlds.get(run_id) if task in RETOLD else None
        self._here = None if world is None else self._told.setdefault(world, {})


def grouped(sources: Iterable[Source], of_run: Mapping[str, str]) -> list[int]:
    """How many runs stand next to each other that may not be parted, for all of them in order.

    Args:
        sources: the runs.
        of_run: what ``worlds`` says of them.

    Returns:
        The lengths of the groups; a single one of all where runs of one world stand apart from each other.
    """
    sizes: list[int] = []
    names: list[str] = []
    for source in sources:
        # A run that is compared with nothing is a group of its own, under a name that no world has.
        name = of_run.get(source.run_id, f"\0{source.run_id}")
        if names and names[-1] == name:
            sizes[-1] += 1
        else:
            names.append(name)
            sizes.append(1)
    return sizes if len(set(names)) == len(names) else [sum(sizes)]
