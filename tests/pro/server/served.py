"""What the tests of the HTTP interface share."""

from __future__ import annotations

TOKEN = "a-token-of-forty-characters-or-nearly-so"
