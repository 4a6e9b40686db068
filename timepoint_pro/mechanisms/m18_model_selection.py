"""M18 model selection: which language model answers, and may its words train another?

Question
    Given an action (a dialog turn, a scene, an antecedent ...), which model is asked, which are asked when it
    fails, and does what it writes stay usable as training data?

Inputs
    The action (:class:`ActionType`), the registry of models (shipped, the user's file, an argument), and
    the caller's wishes: ``for_training_data``, ``prefer_quality``, ``prefer_speed``, ``prefer_cost``,
    ``exclude``, ``offline``. Ratings and fit are in [0, 1], limits in tokens, prices in US dollars per
    million tokens.

Formula
    ``score = 2 fit + w_q quality + w_s speed + w_c (1 - cost) + [training-safe]``, each w 1, or 3 where
    preferred; ties go by id. Weights and ratings are calibrated defaults of this project; ``explain`` shows
    every term. The filters come first: place (remote or this machine), licence, exclusions, fit above 0.

Licence
    :func:`training_safe` holds for a text when every model whose words are in it, prompt included, is under
    MIT or Apache-2.0, or safe by a policy whose reason the user has recorded. An unknown model is not safe.
    A model that the user names outright is used whatever its licence; only the verdict changes.

Events
    None of its own. M18 acts on calls, not on the world, and so has its own signature,
    ``selector.fallback_chain(action, ...) -> ids``: whoever makes the call records the model that answered.

Errors
    ``UnknownNameError`` for an action or excluded model that does not exist, ``UsageError`` where no model is
    left, ``DataError`` with JSON paths for a registry file that is not of the form.

>>> ModelSelector().select_model(ActionType.DIALOG_SYNTHESIS, for_training_data=True, prefer_speed=True)
'mistralai/mixtral-8x7b-instruct'
"""

from __future__ import annotations

from timepoint_pro.llm.registry import ModelRegistry, load_registry, training_safe
from timepoint_pro.llm.selector import Explanation, ModelSelector
from timepoint_pro.prompts.actions import ActionType

__all__ = ["ActionType", "Explanation", "ModelRegistry", "ModelSelector", "load_registry", "training_safe"]
