"""What an export is made from, what it may be asked for, and the signature that every format has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from attrs import define, field, frozen

from timepoint_pro.exporters.dataset.edits import Edit
from timepoint_pro.exporters.dataset.tokens import Counter, estimated_tokens
from timepoint_pro.store.database import Store

if TYPE_CHECKING:
    from timepoint_pro.exporters.files import Outbox
    from timepoint_pro.templates import Template


class Recorded(Protocol):
    """A run in a database; ``Run`` is one."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    @property
    def run_id(self) -> str:
        """Id of the run in it."""
        ...


@define(slots=False)
class Source:
    """A run as exporters read it: its row and template, and rows of its tables.

    Args:
        store: the database.
        run_id: an id that it holds.

    Raises:
        RunNotFoundError: from the first look at it, when there is no such run.
    """

    store: Store
    run_id: str

    @cached_property
    def row(self) -> dict[str, Any]:
        """The run's row in ``runs``, as it is now."""
        return self.store.run_row(self.run_id)

    @cached_property
    def template(self) -> Template:
        """The template that the run was made from.

        Raises:
            TemplateError: when the database holds one that cannot be read.
        """
        return _template(self.row["template_json"], self.row["template"])

    @property
    def template_sha256(self) -> str:
        """SHA-256, in hex, of the template with its defaults: what the run recorded when it began."""
        parts = orjson.loads(self.row["parts"] or "{}")
        return str(parts.get("template") or self.template.digest())

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Codes of the mechanisms that acted, in their order."""
        return tuple(orjson.loads(self.row["mechanisms"]))

    @property
    def models(self) -> tuple[str, ...]:
        """Models that answered in this run, sorted."""
        return tuple(orjson.loads(self.row["models"]))

    def rows(self, table: str, order: str) -> list[dict[str, Any]]:
        """The run's rows of a table, in ``order`` (columns, as SQL writes them)."""
        return self.store.query(f"SELECT * FROM {table} WHERE run_id = ? ORDER BY {order}", (self.run_id,))


@lru_cache(8)
def _template(text: str, name: str) -> Template:
    """A template from its JSON. Runs of one template, and the tasks of one run, read the same: it is frozen."""
    from timepoint_pro.templates import Template

    return Template.from_dict(orjson.loads(text), source=f"template {name} in the database")


@frozen
class Settings:
    """What a user may choose.

    Args:
        trainer: shape of the training records, a name of ``dataset.trainers.TRAINERS``.
        tasks: training tasks, names of ``tasks.catalogue.TASKS``.
        max_tokens: most tokens of one record; None for no limit.
        splits: names with their shares of the worlds, adding up to 1; none for one file a task.
        deduplication_threshold: similarity in (0, 1] from which on a record is left out; None for those alone that
            another path of their world has already, 0 for none.
        edits: what somebody decided about records, by record id.
        keep: whether a record (prompt, completion, metadata) is to be written; None for all.
        tokens: counts the tokens of a text.
        counted_by: what it counts by, for the manifest.
    """

    trainer: str = "instruct"
    tasks: tuple[str, ...] = ("dialog_turn",)
    max_tokens: int | None = None
    splits: tuple[tuple[str, float], ...] = ()
    deduplication_threshold: float | None = None
    edits: Mapping[str, Edit] = field(factory=dict)
    keep: Callable[[Mapping[str, Any]], bool] | None = None
    tokens: Counter = estimated_tokens
    counted_by: str = "estimate"


@frozen
class Format:
    """One output format.

    Args:
        names: the files that it writes, as paths below the folder; known before anything is written.
        write: writes them.
    """

    names: Callable[[Source, Settings], tuple[str, ...]]
    write: Callable[[Source, Settings, Outbox], None]
