"""The modes that there are, by name.

To add one, write a class with the contract of ``modes.base.Mode`` and enter it in ``MODES`` under its name, before runs
in it are played or read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.modes.base import Mode
from timepoint_pro.modes.branching import Branching
from timepoint_pro.modes.cyclical import Cyclical
from timepoint_pro.modes.directorial import Directorial
from timepoint_pro.modes.forward import Forward
from timepoint_pro.modes.portal import Portal
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import MODES as BUILT_IN

MODES: dict[str, type[Mode]] = {one.name: one for one in (Forward, Portal, Branching, Directorial, Cyclical)}
"""Every mode by its name. Those of the library are named by ``temporal.mode`` of templates too."""


def in_mode(template: Template, name: str) -> Template:
    """``template`` in the mode called ``name``, with what ``derived_for`` adds; as it is where that is its own mode.

    A template names only modes of the library: for another one its ``temporal.mode`` stays as it is.

    Raises:
        UnknownNameError, TemplateError: as ``derived_for``.
    """
    if name == template.temporal.mode:
        return template
    derived = derived_for(template, name)
    return template.with_changes({"temporal.mode": name, **derived} if name in BUILT_IN else derived)


def derived_for(template: Template, name: str) -> Mapping[str, Any]:
    """What the mode called ``name`` takes from the template for the keys that it lacks there, value by path.

    Empty for the template's own mode. See ``Mode.defaults``.

    Raises:
        UnknownNameError: there is no mode of that name.
        TemplateError: the mode cannot do without something that nothing in the template leads to.
    """
    if name not in MODES:
        raise UnknownNameError("mode", name, MODES)
    return {} if name == template.temporal.mode else MODES[name].defaults(template)


def mode_for(template: Template, name: str | None = None) -> Mode:
    """The mode that ``template`` asks for, or the one called ``name``, configured from the template.

    Raises:
        UnknownNameError: there is no mode of that name.
        TemplateError: the template lacks what the mode needs.
    """
    wanted = name or template.temporal.mode
    if wanted not in MODES:
        raise UnknownNameError("mode", wanted, MODES)
    return MODES[wanted].from_template(template)
