"""Timepoint Pro: simulate social situations over time, with tracked knowledge and quantitative state.

The public names are here; each is imported when it is first used, so that importing the package is quick.

>>> from timepoint_pro import Simulation
>>> Simulation.from_template("mars_mission_portal", seed=7)
Simulation('showcase/mars_mission_portal', mode='portal', seed=7, model='scripted', 4 people)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from timepoint_pro.version import VERSION

if TYPE_CHECKING:
    from timepoint_pro.campaign import Campaign
    from timepoint_pro.engine.progress import Progress
    from timepoint_pro.errors import TimepointError
    from timepoint_pro.llm.selector import ModelSelector
    from timepoint_pro.mechanisms.interventions import Intervention
    from timepoint_pro.prompts.actions import ActionType
    from timepoint_pro.run import Run
    from timepoint_pro.run_store import RunStore
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.templates.model import Template

__all__ = [
    "ActionType",
    "Campaign",
    "Intervention",
    "ModelSelector",
    "Progress",
    "Run",
    "RunStore",
    "Simulation",
    "Template",
    "TimepointError",
    "__version__",
]

__version__ = VERSION

_HOMES = {
    "ActionType": "prompts.actions",
    "Campaign": "campaign",
    "Intervention": "mechanisms.interventions",
    "ModelSelector": "llm.selector",
    "Progress": "engine.progress",
    "Run": "run",
    "RunStore": "run_store",
    "Simulation": "simulation",
    "Template": "templates.model",
    "TimepointError": "errors",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
