"""Numbers and names as training records show them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from timepoint_pro.records.timepoint import SETTLED

_CONTROL = re.compile(r"\[/?INST\]|<</?SYS>>|<\|[^|<>\s]{1,40}\|>|</?s>")


@lru_cache(1 << 16)
def decimal(value: float) -> str:
    """``value`` with one or two decimals: ``"0.3"``, ``"-0.25"``, ``"0.0"``."""
    text = f"{value:.2f}"
    if text[-1] == "0":
        text = text[:-1]
    return "0.0" if text == "-0.0" else text


@lru_cache(1 << 16)
def signed(value: float) -> str:
    """``value`` with its sign and one or two decimals: ``"+0.3"``; no sign at zero."""
    text = decimal(value)
    return text if text[0] == "-" or text == "0.0" else f"+{text}"


@lru_cache(1 << 12)
def one_line(text: str) -> str:
    """``text`` without line breaks or runs of spaces."""
    return " ".join(text.split())


def settled_option(question: Mapping[str, Any] | None, outcome: str | None) -> Mapping[str, Any] | None:
    """The option that a scene settled on, as plain data; None where it settled on none.

    Args:
        question: of the scene, as plain data.
        outcome: why the scene ended, as the run's tables have it.
    """
    if question is None or not outcome or not outcome.startswith(SETTLED):
        return None
    settled = outcome.removeprefix(SETTLED)
    return next((one for one in question.get("options", ()) if one["id"] == settled), None)


def quoted(text: str) -> str:
    """``text`` in double quotes; those inside become single ones, so that it cannot end its own quotation."""
    line = one_line(text).replace('"', "'")
    return f'"{line}"'


def defused(text: str) -> str:
    """``text`` without the marks by which chat templates part prompt and answer (``[INST]``, ``<|im_end|>``, ``</s>``).

    What stood between the brackets stays, in round ones: words of a story never end a prompt.
    """
    if "[" not in text and "<" not in text:
        return text
    return _CONTROL.sub(lambda found: f"({found.group().strip('[]<>|')})", text)


def listed(parts: Sequence[str]) -> str:
    """The parts as a list in words: ``"Webb, Chen and Okafor"``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plural(noun: str, count: int) -> str:
    """``"1 question"``, ``"2 stories"``."""
    if count == 1:
        return f"{count} {noun}"
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "o", "u"):
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}{'es' if noun.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def sentence(text: str) -> str:
    """``text`` on one line, ending in a full stop, question mark or exclamation mark; empty stays empty."""
    line = one_line(text)
    return line if not line or line[-1] in ".!?…\"'”’。！？؟" else f"{line}."


def capital(text: str) -> str:
    """``text`` with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def article(noun: str) -> str:
    """``noun`` with its indefinite article, by its first letter: ``"an urgent"``, ``"a calm"``."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
