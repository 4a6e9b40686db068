"""The form of a registry file, ``{"models": [{"id": ..., "license": ..., ...}]}``, and its errors.

An entry with a new id needs ``id``, ``license`` and ``license_url``; everything else has a default. An entry
with a known id changes the fields that it names. Every problem found is reported with its JSON path.

Safety is never claimed silently. A licence of the training-safe set needs the address that states it, and
a name that an earlier entry holds unsafe (its id, an alias, or ``id:variant``) becomes safe only by the
training rule ``allow`` with a reason, not by another licence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from timepoint_pro.errors import DataError, Problem, nearest
from timepoint_pro.llm.model_entry import (
    TRAINING_LICENSES,
    Capability,
    ModelEntry,
    Price,
    TrainingPolicy,
    TrainingRule,
)


def merge_models(known: Sequence[ModelEntry], document: Any, source: str) -> tuple[ModelEntry, ...]:
    """The known models with those of a registry document laid over them, in order of first appearance.

    Args:
        known: entries of the earlier layers.
        document: the parsed JSON of a registry file.
        source: what error messages call the document (a path, say).

    Raises:
        DataError: the document is not of the form; one line a problem, each with its JSON path.
    """
    problems: list[Problem] = []
    top = _read_object(document, "$", {"models": _MODELS}, problems)
    if isinstance(document, Mapping) and "models" not in document:
        problems.append(Problem("$.models", _MODELS[0], "nothing"))
    merged = {entry.id: entry for entry in known}
    seen: set[str] = set()
    aliased: dict[str, str] = {}
    for index, item in enumerate(top.get("models", ())):
        path = f"$.models[{index}]"
        entry = _read_model(item, path, merged, problems)
        if entry is None:
            continue
        if entry.id in seen:
            problems.append(Problem(f"{path}.id", "each id once in a file", f"{entry.id!r} again"))
            continue
        _check_safety_claim(entry, path, known, problems)
        seen.add(entry.id)
        merged[entry.id] = entry
        if "aliases" in item:
            aliased[entry.id] = f"{path}.aliases"
    _check_aliases(merged, aliased, problems)
    if problems:
        raise DataError("\n".join(f"{source}: {problem}" for problem in problems))
    return tuple(merged.values())


def _read_model(
    item: Any, path: str, known: Mapping[str, ModelEntry], problems: list[Problem]
) -> ModelEntry | None:
    before = len(problems)
    values = _read_object(item, path, _MODEL, problems)
    if "training" in values:
        values["training"] = _read_training(values["training"], f"{path}.training", problems)
    if values.get("price") is not None:
        values["price"] = _read_price(values["price"], f"{path}.price", problems)
    if len(problems) > before:
        return None
    base = known.get(values.get("id", ""))
    missing = [key for key in ("id", "license", "license_url") if key not in values] if base is None else []
    problems.extend(Problem(f"{path}.{key}", _MODEL[key][0], "nothing") for key in missing)
    if missing:
        return None
    return ModelEntry(**values) if base is None else evolve(base, **values)


def _read_training(item: Any, path: str, problems: list[Problem]) -> TrainingPolicy:
    policy = TrainingPolicy(**_read_object(item, path, _TRAINING, problems))
    if policy.rule is not TrainingRule.BY_LICENSE and not policy.reason and "reason" not in item:
        expected = f"the reason for the rule {policy.rule.value!r}"
        problems.append(Problem(f"{path}.reason", expected, "nothing"))
    return policy


def _read_price(item: Any, path: str, problems: list[Problem]) -> Price | None:
    values = _read_object(item, path, _PRICE, problems)
    missing = [key for key in _PRICE if key != "basis" and key not in item]
    problems.extend(Problem(f"{path}.{key}", _PRICE[key][0], "nothing") for key in missing)
    complete = set(_PRICE) - {"basis"} <= set(values)
    return Price(**values) if complete else None


def _check_safety_claim(
    entry: ModelEntry, path: str, known: Iterable[ModelEntry], problems: list[Problem]
) -> None:
    if entry.training.rule is not TrainingRule.BY_LICENSE or not entry.training_safe:
        return
    if entry.license_url is None:
        problems.append(Problem(f"{path}.license_url", f"the address that states {entry.license}", "null"))
    names = {_stem(name) for name in (entry.id, *entry.aliases)}
    for held in known:
        if not held.training_safe and not names.isdisjoint(map(_stem, (held.id, *held.aliases))):
            expected = f"{held.license!r}, as for {held.id} before, or training.rule 'allow' with a reason"
            problems.append(Problem(f"{path}.license", expected, repr(entry.license)))
            return


def _stem(name: str) -> str:
    """A name without letter case and variant (``:free``): used to refuse safety, never to grant it."""
    return name.casefold().partition(":")[0]


def _check_aliases(
    models: Mapping[str, ModelEntry], aliased: Mapping[str, str], problems: list[Problem]
) -> None:
    """Refuse an alias of this document (``aliased``: id -> path of its list) that names another model.

    A new id may take over an earlier layer's alias: whoever serves those weights states their own terms.
    """
    others = [entry for entry in models.values() if entry.id not in aliased]
    owners = {alias: entry.id for entry in others for alias in entry.aliases}
    owners.update((name, name) for name in models)
    for model, path in aliased.items():
        for index, alias in enumerate(models[model].aliases):
            owner = owners.setdefault(alias, model)
            if owner != model:
                found = f"{alias!r}, a name of {owner}"
                problems.append(Problem(f"{path}[{index}]", "a name that no other model bears", found))


def _read_object(
    value: Any, path: str, rules: Mapping[str, _Rule], problems: list[Problem]
) -> dict[str, Any]:
    """The converted values of the keys that are in order; the others become problems."""
    if not isinstance(value, Mapping):
        problems.append(Problem(path, "an object", _shown(value)))
        return {}
    values: dict[str, Any] = {}
    for key, item in value.items():
        rule = rules.get(key)
        if rule is None:
            close = nearest(str(key), rules)
            problems.append(Problem(f"{path}.{key}", _one_of(rules), "an unknown key", close))
        elif not rule[1](item):
            problems.append(Problem(f"{path}.{key}", rule[0], _shown(item)))
        else:
            values[key] = rule[2](item)
    return values


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# What a registry file may hold: key -> what is expected, in words; a test of the JSON value; its conversion.
_Rule = tuple[str, Callable[[Any], bool], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _address(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.startswith(("https://", "http://")))


def _date(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value) is not None


def _basis(value: Any) -> bool:
    return value in ("list", "estimate", "free")


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and low <= value <= high


def _limit(value: Any) -> bool:
    return value is None or (type(value) is int and value > 0)


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_text, value))


def _capabilities(value: Any) -> bool:
    return _texts(value) and set(value) <= set(Capability)


def _capability_set(value: Iterable[str]) -> frozenset[Capability]:
    return frozenset(map(Capability, value))


def _license(value: str) -> str:
    """The usual spelling of an SPDX identifier, which is matched without regard to case."""
    return next((known for known in TRAINING_LICENSES if known.casefold() == value.casefold()), value)


def _one_of(words: Iterable[str]) -> str:
    return "one of " + ", ".join(words)


_RATING: _Rule = ("a number in [0, 1]", _number(0, 1), float)
_DOLLARS: _Rule = ("US dollars per million tokens, a number >= 0", _number(0, 1e6), float)
_TOKENS: _Rule = ("a whole number of tokens > 0, or null", _limit, _same)
_NAME: _Rule = ("a text", _text, _same)

_PRICE: dict[str, _Rule] = {
    "input_usd_per_million": _DOLLARS,
    "output_usd_per_million": _DOLLARS,
    "as_of": ("a date, YYYY-MM or YYYY-MM-DD", _date, _same),
    "basis": ("one of list, estimate, free", _basis, _same),
}
_TRAINING: dict[str, _Rule] = {
    "rule": (_one_of(TrainingRule), lambda value: value in list(TrainingRule), TrainingRule),
    "reason": _NAME,
}
_MODEL: dict[str, _Rule] = {
    "id": ("a model id such as 'maker/model'", _text, _same),
    "license": ("an SPDX identifier or the licence's name", _text, _license),
    "license_url": ("an http(s) address, or null", _address, _same),
    "name": _NAME,
    "provider": _NAME,
    "training": ("an object", lambda value: isinstance(value, Mapping), _same),
    "capabilities": ("a list of " + ", ".join(Capability), _capabilities, _capability_set),
    "context_tokens": _TOKENS,
    "output_tokens": _TOKENS,
    "price": ("an object, or null", lambda value: value is None or isinstance(value, Mapping), _same),
    "quality": _RATING,
    "speed": _RATING,
    "cost": _RATING,
    "reasoning": ("true or false", lambda value: isinstance(value, bool), _same),
    "aliases": ("a list of model ids", _texts, tuple),
}
_MODELS: _Rule = ("a list of models", lambda value: isinstance(value, list | tuple), _same)
