"""The language that people speak, by its tag."""

from __future__ import annotations

import re


def is_english(tag: str) -> bool:
    """Whether a BCP 47 tag (``"en"``, ``"en-GB"``) names English."""
    return re.split(r"[-_]", tag.strip().casefold(), maxsplit=1)[0] == "en"
