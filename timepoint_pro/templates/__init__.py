"""Templates: reading, checking and finding the documents that simulations are made from.

Names are imported when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timepoint_pro.templates.explained import explain
    from timepoint_pro.templates.loader import TemplateInfo, available, estimate, find, load
    from timepoint_pro.templates.model import Template
    from timepoint_pro.templates.notices import Notice, check, require

__all__ = [
    "Notice", "Template", "TemplateInfo", "available", "check", "estimate", "explain", "find", "load", "require",
]  # fmt: skip

_HOMES = {
    "Notice": "notices",
    "Template": "model",
    "TemplateInfo": "loader",
    "available": "loader",
    "check": "notices",
    "estimate": "loader",
    "explain": "explained",
    "find": "loader",
    "load": "loader",
    "require": "notices",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
