"""How permissive a model's terms are, as the suite's services write it into records."""

from __future__ import annotations

from typing import Final, Literal

Permissiveness = Literal["permissive", "restricted", "unknown"]

_VENDORS: Final[tuple[tuple[str, Permissiveness], ...]] = (
    ("deepseek", "permissive"),
    ("qwen", "permissive"),
    ("meta-llama", "permissive"),
    ("mistralai", "permissive"),
    ("nvidia", "permissive"),
    ("stabilityai", "permissive"),
    ("google", "restricted"),
    ("gemini", "restricted"),
    ("anthropic", "restricted"),
    ("claude", "restricted"),
    ("openai", "restricted"),
    ("gpt", "restricted"),
)


def infer_model_permissiveness(model_id: str | None) -> Permissiveness:
    """Guess from a model's id whether its vendor's terms are permissive.

    This is the label that the other services exchange; it is no licence check, and ``training_safe`` never
    comes from it. Where an id names two vendors, the one that stands first decides, since ids begin with who
    offers the model.

    Args:
        model_id: as in ``"deepseek/deepseek-chat"``; case does not matter.
    """
    folded = (model_id or "").casefold()
    found = [(folded.index(name), label) for name, label in _VENDORS if name in folded]
    return min(found)[1] if found else "unknown"
