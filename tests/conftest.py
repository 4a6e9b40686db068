"""No test sees a key, an endpoint or a template folder of the machine that it runs on, and each run tries the same.

To look further than the suite does: HYPOTHESIS_PROFILE=explore python -m pytest ...
"""

from __future__ import annotations

import os

from hypothesis import settings

PREFIXES = ("TIMEPOINT_", "OPENAI_", "OPENROUTER_", "OXEN_")

for name in [one for one in os.environ if one.startswith(PREFIXES)]:
    del os.environ[name]

# How long an example takes says how busy the machine is: no deadline.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
