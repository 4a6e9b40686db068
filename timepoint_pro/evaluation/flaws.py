"""The flaws of a single record that a filter can leave out; the words alone, which help texts need."""

from __future__ import annotations

from collections.abc import Mapping

FLAWS: Mapping[str, str] = {
    "invalid": "breaks its schema",
    "empty": "has no prompt or no completion",
    "truncated": "seems cut off",
    "leaks": "holds what the speaker cannot know, or speaks to somebody who is not there",
    "contradictions": "says something else in the prompt than in the metadata",
    "unsafe": "bears a licence that does not let it train any model",
    "dismissed": "was dismissed by those who heard it",
}
"""Flaws of a record by name, each as it ends a sentence."""
