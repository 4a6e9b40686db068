"""No test sees a key, an endpoint or a template folder of the machine that it runs on."""

from __future__ import annotations

import os

PREFIXES = ("TIMEPOINT_", "OPENAI_", "OPENROUTER_", "OXEN_")

for name in [one for one in os.environ if one.startswith(PREFIXES)]:
    del os.environ[name]
