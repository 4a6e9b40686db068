"""Small prompts and a gateway for tests: real prompt classes, no simulation."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import frozen

from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.prompts.base import Message, Prompt, Sampling

SYSTEM = "You keep the log of a lighthouse. Write only what a careful keeper would write in it. Answer with JSON only."


@frozen
class Line:
    """One line of a log."""

    text: str
    mood: str
    lamps: tuple[str, ...] = ()
    height: float = 0.0


@frozen
class Ask(Prompt[Line]):
    """The question for one line."""

    action: ClassVar[ActionType] = ActionType.DIALOG_SYNTHESIS
    answer_type: ClassVar[type[Any]] = Line

    subject: str = "the weather"

    def messages(self) -> tuple[Message, ...]:
        return (Message("system", SYSTEM), Message("user", f'Write a line about "{self.subject}".'))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["text", "mood", "lamps", "height"],
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": 500},
                "mood": {"enum": ["calm", "wary"]},
                "lamps": {"type": "array", "items": {"enum": ["north", "south"]}, "uniqueItems": True},
                "height": {"type": "number", "minimum": 0, "maximum": 9},
            },
        }

    def check(self, answer: Line) -> str | None:
        return "text speaks of dragons" if "dragon" in answer.text else None


def ask(subject: str = "the weather", **sampling: Any) -> Ask:
    return Ask(Sampling(**sampling), subject)
