"""Which runs a campaign has: templates, each with its variations and grid cells, several times over.

The order is fixed and goes round: repeats outermost, then variations, then cells, and templates innermost, so that a
campaign that stops early has something of everything. A run's place in this order is its position, and gives its id.

Seeds are keyed digests of the campaign's seed, the variation and the repeat. The cells of a grid share them (common
random numbers: Law 2015, ch. 11.2), so that cells differ by their parameters and by what those cause.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from attrs import field, frozen

from timepoint_pro.campaign.variations import varied
from timepoint_pro.templates import Template

SEED_BITS = 53
"""Seeds stay whole numbers in every reader of JSON."""
MOST_RUNS = 10_000_000

Cell = tuple[tuple[str, Any], ...]
"""Values by JSON path."""


@frozen
class Varying:
    """How one template is varied.

    Args:
        count: of variations; 0: the template as it is.
        strategies: names of ``variations.STRATEGIES``.
        threshold: likeness of two runs' words, as the Jaccard similarity of their 3-word shingles, from which on the
            later one is dropped; 0: none is.
    """

    count: int = 0
    strategies: tuple[str, ...] = ()
    threshold: float = 0.0

    @property
    def numbers(self) -> range:
        """Numbers of the variations; 0 alone where there are none."""
        return range(1, self.count + 1) if self.count else range(1)


@frozen
class Item:
    """One run of a campaign.

    Args:
        position: in the plan, from 0.
        template: its number among the templates, from 0.
        variation: its number, from 1; 0 for none.
        cell: values that the grid puts into the template.
        repeat: its number, from 0.
        seed: of the run.
    """

    position: int
    template: int
    variation: int
    cell: Cell
    repeat: int
    seed: int

    @property
    def group(self) -> tuple[int, str]:
        """What it is compared with when near-duplicates are dropped: runs of the same template and cell."""
        return self.template, cell_text(self.cell)


@frozen
class Plan:
    """The runs of a campaign.

    Args:
        templates: at least one.
        varying: how each is varied, one a template.
        grid: values by JSON path; every combination is a cell.
        repeats: how often each is played, 1 or more.
        seed: of the campaign.
        settings: what the runs are given besides, as plain data: mode, model, address, mechanisms left out.
    """

    templates: tuple[Template, ...]
    varying: tuple[Varying, ...]
    grid: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    repeats: int = 1
    seed: int = 0
    settings: Mapping[str, Any] = field(factory=dict)

    @property
    def cells(self) -> int:
        """How many cells the grid has; 1 without a grid."""
        count = 1
        for _path, values in self.grid:
            count *= len(values)
        return count

    def __len__(self) -> int:
        return self.repeats * self.cells * sum(len(one.numbers) for one in self.varying)

    def items(self) -> Iterator[Item]:
        """The runs, in order."""
        position = 0
        most = max(max(one.numbers) for one in self.varying)
        for repeat in range(self.repeats):
            for variation in range(most + 1):
                seed = seed_of(self.seed, variation, repeat)
                for values in product(*(values for _path, values in self.grid)):
                    cell = tuple((path, value) for (path, _), value in zip(self.grid, values, strict=True))
                    for number, varying in enumerate(self.varying):
                        if variation in varying.numbers:
                            yield Item(position, number, variation, cell, repeat, seed)
                            position += 1

    def template_of(self, item: Item) -> Template:
        """The template of a run, varied and with the cell's values in it.

        Raises:
            TemplateError: when that cannot be used.
        """
        return _made(self.templates[item.template], self.varying[item.template], item.variation, item.cell, self.seed)

    def to_plain(self) -> dict[str, Any]:
        """As JSON; ``from_plain`` gives it back."""
        return {
            "templates": [one.to_dict(defaults=False) for one in self.templates],
            "varying": [[one.count, list(one.strategies), one.threshold] for one in self.varying],
            "grid": [[path, list(values)] for path, values in self.grid],
            "repeats": self.repeats, "seed": self.seed, "settings": dict(self.settings),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Plan:
        """The plan that ``to_plain`` gave."""
        return cls(
            tuple(Template.from_dict(one, source="a campaign in the database") for one in plain["templates"]),
            tuple(Varying(count, tuple(names), threshold) for count, names, threshold in plain["varying"]),
            tuple((path, tuple(values)) for path, values in plain["grid"]),
            plain["repeats"], plain["seed"], plain["settings"],
        )  # fmt: skip

    def digest(self) -> str:
        """SHA-256, in hex, of all that decides what the runs are."""
        plain = {**self.to_plain(), "templates": [one.digest() for one in self.templates]}
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def seed_of(seed: int, variation: int, repeat: int) -> int:
    """The seed of a run, in [0, 2^53)."""
    text = f"{seed}\x1fcampaign\x1f{variation}\x1f{repeat}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - SEED_BITS)


def cell_text(cell: Cell) -> str:
    """A cell as one line of JSON."""
    return json.dumps(dict(cell), ensure_ascii=False, separators=(",", ":"))


@lru_cache(32)
def _varied(template: Template, varying: Varying, variation: int, seed: int) -> Template:
    return varied(template, variation, varying.strategies, seed)


def _made(template: Template, varying: Varying, variation: int, cell: Cell, seed: int) -> Template:
    made = _varied(template, varying, variation, seed)
    return made.with_changes(dict(cell)) if cell else made
