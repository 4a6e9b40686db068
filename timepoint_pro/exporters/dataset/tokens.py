"""How long a text is in tokens: by a tokenizer file (extra ``[tokenizers]``), else by an estimate."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from timepoint_pro.errors import DataError, MissingExtraError

BYTES_PER_TOKEN = 4.0
"""Average of UTF-8 bytes in a token, for the estimate of a record's length [cal]."""

Counter = Callable[[str], float]


def estimated_tokens(text: str) -> float:
    """About how many tokens ``text`` has: its UTF-8 bytes by ``BYTES_PER_TOKEN``."""
    return len(text.encode()) / BYTES_PER_TOKEN


def tokens_by(path: str | os.PathLike[str]) -> Counter:
    """Counts tokens by a ``tokenizer.json``, without the marks that a model wants around a text.

    Raises:
        MissingExtraError: without the package ``tokenizers``.
        DataError: when the file cannot be read, or is none.
    """
    try:
        tokenizers = import_module("tokenizers")
    except ImportError:
        raise MissingExtraError("tokenizers", "counting tokens by a tokenizer file") from None
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{file}: cannot be read ({why}); give the path of a tokenizer.json") from error
    try:
        tokenizer = tokenizers.Tokenizer.from_str(text)
    except Exception as error:
        # The package raises nothing more precise.
        raise DataError(f"{file}: is no tokenizer.json ({error})") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda words: float(len(tokenizer.encode(words, add_special_tokens=False).ids))
