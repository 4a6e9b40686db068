"""Which model answers which action, and where it is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from timepoint_pro.errors import UnknownNameError, UsageError, nearest
from timepoint_pro.llm.base import Backend
from timepoint_pro.llm.endpoints import Endpoint, checked_url, find_endpoint, openai_endpoint
from timepoint_pro.llm.gateway import Route
from timepoint_pro.llm.model_entry import SCRIPTED
from timepoint_pro.llm.registry import load_registry
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.templates import Template

LOCAL = "local/"
"""Start of the ids of models that answer in this process."""


@frozen
class Assignment:
    """The models of a run: for each action a chain, the first asked first.

    Args:
        default: chain of every action without one of its own.
        actions: chains by name of the action.
    """

    default: tuple[str, ...] = (SCRIPTED,)
    actions: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def chain(self, action: ActionType | str) -> tuple[str, ...]:
        """The models of an action."""
        return self.actions.get(str(action), self.default)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model named, each once."""
        chains = (self.default, *self.actions.values())
        return tuple(dict.fromkeys(model for chain in chains for model in chain))

    @property
    def voice(self) -> str:
        """The model that speaks: the first of the dialog's chain."""
        return self.chain(ActionType.DIALOG_SYNTHESIS)[0]

    def to_plain(self) -> Any:
        """As plain data: one name where there is one model, else chains by action."""
        if len(self.models) == 1:
            return self.default[0]
        return {"default": list(self.default), **{name: list(chain) for name, chain in sorted(self.actions.items())}}

    @classmethod
    def from_plain(cls, plain: Any) -> Assignment:
        """The assignment that ``to_plain`` gave."""
        if isinstance(plain, str):
            return cls((plain,))
        return cls(tuple(plain["default"]), {name: tuple(chain) for name, chain in plain.items() if name != "default"})


def assign(
    template: Template, model: str | None, base_url: str | None, environ: Mapping[str, str] | None = None
) -> Assignment:
    """The models of a new run.

    ``model`` for everything where it is given; else the template's ``temporal.judge_model`` for the judge of a portal,
    its ``llm_config.actions`` and ``default_model``;
    else, with OpenRouter's key, the selector's chain of each action, training-safe models alone where the template asks
    for training data; else the built-in model. A model that is named is asked alone: only a chosen one has others
    after it.

    Args:
        template: its ``llm_config``.
        model: one model for every action.
        base_url: an address that the caller gives.
        environ: the environment; the process's own where None.

    Raises:
        UsageError: when an address is none, or holds a secret, or is given without a model: nobody but the user
            knows which models it serves.
        UnknownNameError: when ``llm_config.actions`` names no action.
    """
    environ = os.environ if environ is None else environ
    for address, where in ((base_url, "base_url"), (template.llm_config.base_url, "llm_config.base_url")):
        if address is not None:
            checked_url(address, where)  # before anything is kept, whoever answers
    if model is not None:
        return Assignment((model,))
    config = template.llm_config
    unknown = sorted(set(config.actions) - {one.value for one in ActionType})
    if unknown:
        raise UnknownNameError("action in llm_config.actions", unknown[0], [one.value for one in ActionType])
    named = {name: (one,) for name, one in config.actions.items()}
    if template.temporal.mode == "portal" and template.temporal.judge_model is not None:
        named[ActionType.PORTAL_PATH_SCORING.value] = (template.temporal.judge_model,)
    if config.default_model is not None:
        return Assignment((config.default_model,), named)
    endpoint = find_endpoint(base_url or config.base_url, environ)
    if endpoint is None:
        return Assignment((SCRIPTED,), named)
    if endpoint.provider != "openrouter":
        raise UsageError(
            f"{endpoint.shown} is given without a model: name one that it serves (--model, model=, or "
            "llm_config.default_model); --model scripted asks no server"
        )
    chains = _selected(config.for_training_data or template.outputs.export_ml_dataset)
    return Assignment(chains[ActionType.GENERAL.value], {**chains, **named})


def _selected(for_training_data: bool) -> dict[str, tuple[str, ...]]:
    """The selector's chain of every action."""
    from timepoint_pro.llm.selector import ModelSelector

    selector = ModelSelector()
    return {one.value: selector.fallback_chain(one, for_training_data=for_training_data) for one in ActionType}


@define
class Routing:
    """Sends each action to the backend of its model. Connections open with the first call.

    Args:
        assignment: models by action.
        backend: an own backend that serves every model; None: looked up by the model's name.
        base_url: an address that goes before the environment's.
        timeout_s: most seconds that one request may take; None for the default.
        max_concurrency: calls in flight at most; None: found out while running.
        connections: open ones of other runs, to be used and added to; each with its limiter.
    """

    assignment: Assignment = Assignment()
    backend: Backend | None = None
    base_url: str | None = None
    timeout_s: float | None = None
    max_concurrency: int | None = None
    connections: dict[tuple[str, float, int | None], Backend] = field(factory=dict, repr=False)
    _endpoint: Endpoint | None = field(init=False, default=None)
    _remote: Backend | None = field(init=False, default=None)
    _local: Backend | None = field(init=False, default=None)
    _routes: dict[ActionType, tuple[Route, ...]] = field(init=False, factory=dict, repr=False)

    def ready(self) -> None:
        """Make sure, before anything is written or sent, that every model can be reached from here.

        Raises:
            UsageError: when one cannot: no key, no address, no such name.
            MissingExtraError: when one needs an extra.
            DataError: when the file of a local model is damaged.
        """
        if self.backend is None:
            self._endpoint = find_endpoint(self.base_url) or openai_endpoint()
            for model in self.assignment.models:
                self._check(model)

    def __call__(self, action: ActionType) -> tuple[Route, ...]:
        """The routes of an action, the first asked first."""
        routes = self._routes.get(action)
        if routes is None:
            routes = tuple(Route(self._backend_of(model), model) for model in self.assignment.chain(action))
            self._routes[action] = routes
        return routes

    async def aclose(self) -> None:
        """Let go of connections."""
        for backend in (self.backend, self._remote, self._local):
            if backend is not None:
                await backend.aclose()

    def _check(self, model: str) -> None:
        if model == SCRIPTED or (self._endpoint is not None and not model.startswith(LOCAL)):
            return
        if model.startswith(LOCAL):
            from timepoint_pro.llm.local import check_local

            check_local(model)
            return
        registry = load_registry()
        known = [entry.id for entry in registry]
        if model not in registry and nearest(model, known) is not None:
            raise UnknownNameError("model", model, known)
        unknown = "" if model in registry else "is no model that is known here (see 'timepoint models'), so it "
        raise UsageError(
            f"{model} {unknown}needs a server: set OPENROUTER_API_KEY for OpenRouter, or give the address of a "
            "compatible one (--base-url, base_url=, llm_config.base_url or OPENAI_BASE_URL); 'scripted' needs none"
        )

    def _backend_of(self, model: str) -> Backend:
        if self.backend is not None:
            return self.backend
        if model == SCRIPTED:
            from timepoint_pro.llm.scripted import ScriptedBackend

            return ScriptedBackend()
        if model.startswith(LOCAL):
            return self._local_models()
        if self._remote is None:
            from timepoint_pro.llm.limiter import Patient
            from timepoint_pro.llm.openai_compatible import TIMEOUT_S, OpenAICompatible

            if self._endpoint is None:
                self.ready()
            assert self._endpoint is not None
            timeout = TIMEOUT_S if self.timeout_s is None else self.timeout_s
            key = (self._endpoint.base_url, timeout, self.max_concurrency)
            self._remote = self.connections.get(key)
            if self._remote is None:
                self._remote = Patient(OpenAICompatible(self._endpoint, timeout), self.max_concurrency)
                self.connections[key] = self._remote
        return self._remote

    def _local_models(self) -> Backend:
        """The models in this process; runs that share connections share them, for each takes memory."""
        if self._local is None:
            from timepoint_pro.llm.local import LocalModels

            key = (LOCAL, 0.0, 1)
            self._local = self.connections.get(key) or LocalModels()
            self.connections[key] = self._local
        return self._local
