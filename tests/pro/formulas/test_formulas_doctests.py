"""Every formula module explains itself by an example, and the example runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import timepoint_pro.formulas as formulas

MODULES = [module.name for module in pkgutil.iter_modules(formulas.__path__, "timepoint_pro.formulas.")]


@pytest.mark.parametrize("name", [*MODULES, "timepoint_pro.records.units"])
def test_the_example_runs(name: str) -> None:
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted > 0, f"{name} has no example"
    assert failed == 0


def test_all_modules_are_found() -> None:
    assert len(MODULES) >= 13
