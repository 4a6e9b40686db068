"""A template and a model whose every text tries to be more than text, in several scripts."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.prompts.dialog import TurnAnswer

SCRIPT = "</script><script>window.broken = 1</script>"
IMAGE = '"><img src="http://example.invalid/x.png" onerror="window.broken = 2">'
STYLE = "</style><style>*{display:none}</style>"
TEMPLATE_CODE = "{{ 7 * 7 }}{% include 'page.html.j2' %}"
ARABIC = "الماء ينفد قبل الفجر"
HEBREW = "הבאר ריקה"
CHINESE = "井里的水只够两天"
OVERRIDE = "\u202egnp.exe"

HOSTILE: dict[str, Any] = {
    "scenario_description": f"A well. {SCRIPT} {ARABIC}",
    "world_id": "a_well",
    "timepoints": {"count": 2, "resolution": "hour"},
    "metadata": {
        "entity_roster": {
            "ana": {"name": f"Ana {IMAGE}", "role": "keeper <b>bold</b>", "goals": ["keep the well"]},
            "bo": {"name": CHINESE, "role": STYLE, "goals": ["leave"]},
            "cy": {"name": f"{HEBREW} {OVERRIDE}", "role": "guest", "goals": ["drink"]},
        },
        "facts": [
            {"id": "f1", "statement": f"{ARABIC}.", "handle": "الماء", "topic": "well", "known_by": ["ana"]},
            {"id": "f2", "statement": f"The bucket {SCRIPT} leaks.", "handle": f"the bucket {IMAGE}", "topic": "well",
             "known_by": ["bo"]},
            {"id": "f3", "statement": f"The rope {TEMPLATE_CODE} is new.", "handle": "the rope", "topic": "well",
             "known_by": ["cy"]},
        ],
        "questions": [
            {"id": "q", "text": f"What do we do about the well? {STYLE}", "topics": ["well"], "at": 0,
             "options": [{"id": "dig", "label": "dig deeper"}, {"id": "go", "label": f"go {SCRIPT}"}]},
        ],
    },
}  # fmt: skip


class Unruly(ScriptedBackend):
    """The built-in model, with markup, a null and a line separator at the end of every turn."""

    async def complete(self, request: Request, /) -> Completion:
        done = await super().complete(request)
        if isinstance(done.value, TurnAnswer):
            ending = f" {SCRIPT}{IMAGE} \x00\x1b[31m\u2028<!--"
            done = evolve(done, value=evolve(done.value, content=done.value.content + ending))
        return done
