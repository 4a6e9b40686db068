"""The modes that there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.modes.base import Mode
from timepoint_pro.modes.branching import Branching
from timepoint_pro.modes.forward import Forward
from timepoint_pro.modes.portal import Portal
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import MODES as NAMES

MODES: Mapping[str, type[Mode]] = MappingProxyType({one.name: one for one in (Forward, Portal, Branching)})
"""Every mode by the name that templates give it."""


def mode_for(template: Template, name: str | None = None) -> Mode:
    """The mode that ``template`` asks for, or the one called ``name``, configured from the template.

    Raises:
        UnknownNameError: there is no mode of that name.
        UsageError: a template may name the mode, but this version does not have it.
        TemplateError: the template lacks what the mode needs.
    """
    wanted = name or template.temporal.mode
    mode = MODES.get(wanted)
    if mode is not None:
        return mode.from_template(template)
    if wanted not in NAMES:
        raise UnknownNameError("mode", wanted, MODES)
    there_are = " and ".join(sorted(MODES))
    raise UsageError(
        f"mode {wanted!r} (temporal.mode of {template.id!r}) is not in this version, which has {there_are}; "
        f"choose one of them with --mode"
    )
