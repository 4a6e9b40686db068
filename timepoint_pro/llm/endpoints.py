"""Where a model is asked: the address, and the key from the environment.

An address that is given (argument, template, ``OPENAI_BASE_URL``) is used as it is; otherwise
``OPENROUTER_API_KEY`` leads to OpenRouter. Keys come from the environment only. The OpenRouter key is sent to
OpenRouter alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import field, frozen

from timepoint_pro.errors import UsageError

OPENROUTER_URL = "https://openrouter.ai/api/v1"
OPENROUTER_HOST = "openrouter.ai"
OPENAI_URL = "https://api.openai.com/v1"
OPENROUTER_KEY = "OPENROUTER_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"
BASE_URL = "OPENAI_BASE_URL"
NO_KEY = "no-key"
"""What is sent where no key is set: the SDK wants one, servers of one's own do not."""


@frozen
class Endpoint:
    """One server that speaks OpenAI's chat protocol.

    Args:
        base_url: its address, up to and with ``/v1``.
        provider: ``"openrouter"``, or ``"compatible"`` for any other; list prices of the registry belong to
            a provider.
        api_key: sent to it, and shown nowhere.
    """

    base_url: str
    provider: str
    api_key: str = field(default=NO_KEY, repr=False)

    @property
    def shown(self) -> str:
        """The address as messages and records show it."""
        return self.base_url


def checked_url(base_url: str, where: str) -> str:
    """``base_url`` without a slash at its end.

    Args:
        base_url: an http or https address.
        where: what errors call it.

    Raises:
        UsageError: when it is no such address, or holds a password, a key or anything else after the path:
            addresses are kept in the database, keys never are.
    """
    parts = urlsplit(base_url.strip())
    if set("@?#") & set(base_url):
        raise UsageError(
            f"{where}: an address may hold no user, password, query or fragment, for it is kept in the database; "
            f"put the key into the environment variable {OPENAI_KEY}"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{where}: expected an address such as http://127.0.0.1:8000/v1, found {base_url!r}")
    return base_url.strip().rstrip("/")


def find_endpoint(base_url: str | None = None, environ: Mapping[str, str] | None = None) -> Endpoint | None:
    """The endpoint that is configured; None where none is.

    Args:
        base_url: an address that goes before ``OPENAI_BASE_URL`` and OpenRouter.
        environ: the environment; the process's own where None.

    Raises:
        UsageError: when an address is not one.
    """
    environ = os.environ if environ is None else environ
    given, where = base_url, "base_url"
    if given is None and environ.get(BASE_URL, "").strip():
        given, where = environ[BASE_URL], BASE_URL
    if given is not None:
        address = checked_url(given, where)
        host = urlsplit(address).hostname or ""
        if host == OPENROUTER_HOST or host.endswith("." + OPENROUTER_HOST):
            return Endpoint(address, "openrouter", _key(environ, OPENROUTER_KEY) or NO_KEY)
        return Endpoint(address, "compatible", _key(environ, OPENAI_KEY) or NO_KEY)
    key = _key(environ, OPENROUTER_KEY)
    return Endpoint(OPENROUTER_URL, "openrouter", key) if key else None


def openai_endpoint(environ: Mapping[str, str] | None = None) -> Endpoint | None:
    """OpenAI's own server, for a model that is named while only ``OPENAI_API_KEY`` is set; None without it."""
    key = _key(os.environ if environ is None else environ, OPENAI_KEY)
    return Endpoint(OPENAI_URL, "compatible", key) if key else None


def _key(environ: Mapping[str, str], name: str) -> str:
    """A key from the environment: header values bear no line ends or other control characters.

    Raises:
        UsageError: when it holds such; the key itself is not shown.
    """
    key = environ.get(name, "").strip()
    if not key.isprintable() or not key.isascii():
        raise UsageError(f"{name}: expected printable ASCII characters; copy the key again")
    return key
