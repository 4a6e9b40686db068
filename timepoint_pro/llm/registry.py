"""The registry of language models, by which they are chosen, priced and judged fit for training data.

The shipped registry is ``models.json`` beside this file. A user's file or mapping of the same form (see
``registry_file``) adds models or changes the named fields of known ones. The layers are the shipped file,
then the file that the environment variable ``TIMEPOINT_MODELS`` names, then the argument.

A name is known when it is an id or a listed alias, letter for letter. ``maker/model:free`` and dated
revisions are other names: their weights, licence or terms may differ, so they are unknown until a registry
lists them, and an unknown model is not training-safe.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

from timepoint_pro.errors import DataError, UnknownNameError, UsageError
from timepoint_pro.llm.model_entry import (
    OFFLINE_PROVIDERS,
    TRAINING_LICENSES,
    Capability,
    ModelEntry,
    Price,
    TrainingPolicy,
    TrainingRule,
)
from timepoint_pro.llm.registry_file import merge_models

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "OFFLINE_PROVIDERS",
    "TRAINING_LICENSES",
    "Capability",
    "ModelEntry",
    "ModelRegistry",
    "Price",
    "Source",
    "TrainingPolicy",
    "TrainingRule",
    "load_registry",
    "training_safe",
]

ENVIRONMENT_VARIABLE = "TIMEPOINT_MODELS"
Source = str | os.PathLike[str] | Mapping[str, Any]


@frozen
class ModelRegistry:
    """The known models, in the order of their files. Iterates over entries; ``name in registry`` asks."""

    entries: tuple[ModelEntry, ...]
    _by_name: dict[str, ModelEntry] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # Ids come second: a user's own entry may take over a name that was another model's alias.
        index = {alias: entry for entry in self.entries for alias in entry.aliases}
        index.update((entry.id, entry) for entry in self.entries)
        object.__setattr__(self, "_by_name", index)

    def __iter__(self) -> Iterator[ModelEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def find(self, name: str) -> ModelEntry | None:
        """The model of that id or alias, or None."""
        return self._by_name.get(name)

    def __getitem__(self, name: str) -> ModelEntry:
        """The model of that id or alias.

        Raises:
            UnknownNameError: no model bears the name.
        """
        entry = self._by_name.get(name)
        if entry is None:
            raise UnknownNameError("model", name, self._by_name)
        return entry

    def license_of(self, name: str) -> str:
        """The licence of a model as records state it; ``"unknown"`` for an unknown model."""
        entry = self._by_name.get(name)
        return entry.license if entry else "unknown"

    def training_safe(self, model_ids: Iterable[str]) -> bool:
        """Whether text by all of these models may train any model; see :func:`training_safe`."""
        if isinstance(model_ids, str):
            raise UsageError(f"model_ids: expected several ids, found {model_ids!r}; put it in a list")
        entries = [self._by_name.get(name) for name in model_ids]
        return all(entry is not None and entry.training_safe for entry in entries)

    def cost_usd(self, name: str, input_tokens: int, output_tokens: int) -> float | None:
        """Cost of a call by the price table, in US dollars; None where no price is known.

        The table is second best: use it only where the provider reports no cost. A price belongs to the
        id, not to its aliases, which may be served elsewhere.
        """
        entry = self._by_name.get(name)
        if entry is None or entry.price is None or entry.id != name:
            return None
        input_usd = input_tokens * entry.price.input_usd_per_million
        return (input_usd + output_tokens * entry.price.output_usd_per_million) / 1e6

    def extended(self, extra: Source, *, label: str = "models") -> ModelRegistry:
        """A registry with the models of ``extra`` added; fields given for a known id replace its own.

        Args:
            extra: a path to a JSON file, or the mapping that such a file would hold.
            label: what error messages call a mapping.

        Raises:
            DataError: unreadable, or not of the form; lists every problem with its JSON path.
        """
        if isinstance(extra, Mapping):
            return ModelRegistry(merge_models(self.entries, extra, label))
        return ModelRegistry(merge_models(self.entries, _read(Path(extra)), os.fspath(extra)))


def load_registry(extra: Source | None = None, *, environ: Mapping[str, str] | None = None) -> ModelRegistry:
    """The shipped registry, with the file of ``TIMEPOINT_MODELS`` and then ``extra`` laid over it.

    Args:
        extra: a path to a JSON file, or the mapping that such a file would hold.
        environ: the environment; the process's own where None.

    Raises:
        DataError: a file is missing or not of the form; lists every problem with its JSON path.
    """
    registry = _shipped()
    named = (os.environ if environ is None else environ).get(ENVIRONMENT_VARIABLE)
    if named:
        registry = registry.extended(Path(named))
    return registry if extra is None else registry.extended(extra)


def training_safe(model_ids: Iterable[str], registry: ModelRegistry | None = None) -> bool:
    """Whether a text may train any model, given every model whose text it contains, prompt included.

    One unsafe or unknown model makes the whole unsafe. No model at all gives True: a text that only code
    and templates made is bound by no model's licence. Pass a registry when asking often.

    Raises:
        UsageError: ``model_ids`` is one text instead of several ids.
        DataError: the registry cannot be read.
    """
    return (load_registry() if registry is None else registry).training_safe(model_ids)


@lru_cache(maxsize=1)
def _shipped() -> ModelRegistry:
    return ModelRegistry(()).extended(Path(__file__).with_name("models.json"))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(
            f"{path}: the model registry cannot be read ({error.strerror or error}); "
            f"correct the path, or the variable {ENVIRONMENT_VARIABLE} where it came from there"
        ) from error
    except ValueError as error:
        raise DataError(f"{path}: $: expected JSON in UTF-8, found: {error}") from error
