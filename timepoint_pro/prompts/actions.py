"""What a language model is asked for: the purposes by which models are chosen and prompts are filed."""

from __future__ import annotations

from enum import StrEnum


class ActionType(StrEnum):
    """The purpose of one call to a language model.

    The value equals the name, so that templates (``llm_config.actions``), logs and records read the same
    as code.
    """

    DIALOG_SYNTHESIS = "DIALOG_SYNTHESIS"
    """The next turn of a conversation, in the voice of one speaker."""

    ENTITY_POPULATION = "ENTITY_POPULATION"
    """An entity that the scenario needs and nobody has described."""

    SCENE_GENERATION = "SCENE_GENERATION"
    """The place, the hour and the premise of a timepoint."""

    TEMPORAL_REASONING = "TEMPORAL_REASONING"
    """What happens next, given what has happened."""

    COUNTERFACTUAL_PREDICTION = "COUNTERFACTUAL_PREDICTION"
    """How events go on after an intervention."""

    KNOWLEDGE_EXTRACTION = "KNOWLEDGE_EXTRACTION"
    """The statements that a text reveals."""

    RELATIONSHIP_ANALYSIS = "RELATIONSHIP_ANALYSIS"
    """How two entities stand to each other."""

    PROSPECTION = "PROSPECTION"
    """What an entity expects, fears and plans."""

    ANIMISTIC_BEHAVIOR = "ANIMISTIC_BEHAVIOR"
    """What a non-human entity does, in the voice that its kind has."""

    PORTAL_BACKWARD_REASONING = "PORTAL_BACKWARD_REASONING"
    """Antecedents that could have led to a given outcome."""

    PORTAL_PATH_SCORING = "PORTAL_PATH_SCORING"
    """The plausibility of proposed antecedents."""

    CONFIG_GENERATION = "CONFIG_GENERATION"
    """A template from a description."""

    VALIDATION = "VALIDATION"
    """Whether a text keeps to what it was given."""

    SUMMARIZATION = "SUMMARIZATION"
    """A shorter text with the same content."""

    GENERAL = "GENERAL"
    """Anything else."""
