"""The ten built-in ways of arguing (M11). A template adds its own under ``metadata.archetypes``.

``tactics`` are names of ``records.turn.TACTICS``, most preferred first. ``vocabulary`` are words and turns of
phrase by which a reader would know the profession; they go into the prompts of text models, and the built-in
model's phrases are written in them.
"""

from __future__ import annotations

from timepoint_pro.records.entity import Archetype

_ALL = (
    Archetype(
        "engineer",
        ("data_argument", "warning", "procedure", "question", "proposal"),
        (
            "asks what was measured, and how",
            "names the part that will fail first",
            "offers a test instead of a verdict",
        ),
        (
            "tolerance",
            "margin",
            "root cause",
            "failure mode",
            "within spec",
            "single point of failure",
            "run the test",
        ),
    ),
    Archetype(
        "executive",
        ("proposal", "authority_appeal", "data_argument", "compromise", "deflection"),
        ("asks what it costs to wait", "brings it back to the decision at hand", "names who will own the result"),
        ("bottom line", "trade-off", "on our timetable", "who owns this", "downside", "commitment", "move forward"),
    ),
    Archetype(
        "military_commander",
        ("authority_appeal", "proposal", "challenge", "warning", "procedure"),
        (
            "cuts it short and names the duty",
            "sets a deadline for better evidence",
            "takes the decision on their own head",
        ),
        ("on my order", "stand down", "hold the line", "time on target", "contingency", "report back", "the mission"),
    ),
    Archetype(
        "scientist",
        ("data_argument", "question", "precedent", "concession", "proposal"),
        (
            "separates what is known from what is guessed",
            "offers a rival explanation",
            "asks what would prove it wrong",
        ),
        ("hypothesis", "sample", "error bar", "control", "correlation", "rule out", "the evidence so far"),
    ),
    Archetype(
        "politician",
        ("emotional_appeal", "compromise", "story", "deflection", "authority_appeal"),
        (
            "asks how it will look to those outside",
            "agrees in principle and differs in detail",
            "speaks for people not present",
        ),
        (
            "the people who count on us",
            "common ground",
            "on the record",
            "mandate",
            "fair to everyone",
            "the long view",
        ),
    ),
    Archetype(
        "lawyer",
        ("procedure", "precedent", "question", "challenge", "warning"),
        ("asks for the exact words", "finds the gap in the record", "names the liability and who carries it"),
        (
            "on the record",
            "burden of proof",
            "liability",
            "due process",
            "precedent",
            "in writing",
            "without prejudice",
        ),
    ),
    Archetype(
        "diplomat",
        ("compromise", "question", "concession", "agreement", "emotional_appeal"),
        ("restates the other's case before answering it", "looks for a form that both can sign", "asks for time"),
        (
            "common ground",
            "good offices",
            "a form of words",
            "both sides",
            "save face",
            "room to move",
            "with respect",
        ),
    ),
    Archetype(
        "safety_officer",
        ("warning", "procedure", "data_argument", "precedent", "challenge"),
        ("stops the work until the hazard has a name", "reads out the rule", "asks who gets hurt if it is wrong"),
        ("hazard", "near miss", "lock out", "worst case", "barrier", "stop work", "the checklist"),
    ),
    Archetype(
        "doctor",
        ("data_argument", "question", "warning", "emotional_appeal", "concession"),
        (
            "asks how it affects the people",
            "weighs the harm of acting against the harm of waiting",
            "watches, then insists",
        ),
        ("symptom", "prognosis", "first do no harm", "under observation", "differential", "triage", "second opinion"),
    ),
    Archetype(
        "journalist",
        ("question", "challenge", "story", "data_argument", "precedent"),
        ("asks who gains", "asks for a second source", "puts two statements side by side that do not match"),
        ("second source", "on the record", "who knew and when", "the story here", "attribution", "fact-check"),
    ),
)  # fmt: skip

ARCHETYPES: dict[str, Archetype] = {archetype.id: archetype for archetype in _ALL}
"""The built-in archetypes by id."""
