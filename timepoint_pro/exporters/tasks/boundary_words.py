"""How people say that they do not know: by what is asked, by their way of arguing and by their state."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from timepoint_pro.exporters.tasks.lookups import Lookups, Person
from timepoint_pro.exporters.tasks.wording import capital, one_line

QUESTIONS: Mapping[str, Sequence[str]] = {
    "topic": (
        "What do you know about {about}?",
        "{about_start}: what are the facts?",
        "What can you say for certain about {about}?",
        "Tell us about {about}.",
        "What is there to know about {about}?",
        "Have you anything on {about}?",
    ),
    "more": (
        "Beyond what has come to you, what else is there {topic}?",
        "What is it {topic} that the others have found and you have not been told?",
        "What does {other} have {topic} that has not come to you?",
        "Fill in what you have not heard {topic}.",
    ),
    "absent": (
        "What was said at the meeting of {absent} {scene}?",
        "{absent} sat together without you {scene}. What came out of it?",
        "Give an account of the talk between {absent} {scene}.",
    ),
    "future": (
        "How will this question be settled in the end?",
        "What is going to be decided in this talk?",
        "Which way does it go at the end of this talk, and what follows from it?",
        "A day from now, what will have come of what you are about to decide?",
    ),
    "mind": (
        "What is {other} keeping back at this moment?",
        "What does {other} really want out of this, unsaid?",
        "What goes on in {other}'s head just now?",
    ),
}
"""By kind. None names what the answer would be."""

ADMITTED: Mapping[str, Sequence[str]] = {
    "topic": (
        "I don't know. Nothing about {about} has reached me.",
        "I have nothing on {about}, neither a figure nor a rumour.",
        "You'd have to ask somebody else about {about}; nobody has told me a thing.",
        "{about_start}? I haven't seen it and I haven't been told of it.",
        "No idea. {about_start} has never come across my desk.",
        "I'd be inventing it. I know nothing about {about}.",
        "{about_start} is outside what I know.",
        "Nobody has briefed me on {about}, so I don't know.",
        "This is the first I hear of {about}.",
        "Of {about} I can't tell you a thing.",
        "{about_start}? That hasn't come to me.",
        "Whoever knows about {about}, it isn't me.",
        "What I have been told doesn't include {about}.",
    ),
    "more": (
        "If there is more {topic}, I haven't been told it.",
        "Past what has come to me I have nothing {topic}.",
        "I don't know what I haven't been told {topic}.",
        "There may be more {topic}. It isn't with me.",
        "I can't fill that gap. Nobody has filled it for me.",
        "That would be somebody else's knowledge, and they have kept it or not got round to me.",
        "{topic_start} I know what I was told, and I wasn't told that.",
        "Anything further {topic} hasn't come my way.",
        "Whoever found it has not shared it with me.",
        "My knowledge stops short of that; {topic} somebody else must go on.",
    ),
    "absent": (
        "I wasn't there, and nobody has told me what was said.",
        "I don't know. I was not in that room.",
        "You'd have to ask {absent}. I wasn't part of it.",
        "I can't give you that. I was elsewhere and I've had no account of it.",
        "Whatever they said, it hasn't reached me.",
        "No idea. They met without me and haven't reported.",
        "What passed between {absent} I can't tell you.",
        "They know what was said there. I have not heard it.",
        "Nothing of that meeting has come back to me.",
        "That was a talk without me, and I have no word of it.",
    ),
    "future": (
        "I don't know. It hasn't happened yet.",
        "Nobody can tell you that now, and I can't either.",
        "That is still open. I know where I stand, not where it ends.",
        "I can tell you what I'd like. How it comes out I don't know.",
        "Ask me when it is over. I can't see that far.",
        "We haven't got there. Anything I said would be a guess.",
        "I don't know yet, and I won't pretend that I do.",
        "It isn't settled, and I can't settle it by saying so.",
        "What comes of it nobody here has seen yet.",
        "Too early. There is still talk to be had before anybody knows.",
        "The end of this is as dark to me as to you.",
        "Whatever I named now might be wrong by the end.",
    ),
    "mind": (
        "I don't know. I can't see into {other}'s head.",
        "You'd have to ask {other}. What I haven't heard, I don't know.",
        "Only {other} can tell you that.",
        "I know what {other} says aloud. The rest I don't know.",
        "If {other} has something unsaid there, it has stayed unsaid to me too.",
        "I'd be putting words in {other}'s mouth. I don't know.",
        "{other} hasn't said, so I don't know.",
        "What {other} doesn't say aloud I can't tell you.",
        "That is {other}'s to tell. I don't have it.",
        "How should I know what {other} leaves unsaid?",
        "Between what {other} says and what {other} thinks, I only hear the first.",
    ),
}
"""The core of an answer, by kind."""

KNOWN: Sequence[str] = (
    "{fact_start}. {source}.",
    "{about_start}? {fact_start}. {source}.",
    "{source}: {fact}.",
    "{source}, so I can say this: {fact}.",
    "About {about} I can tell you this: {fact}. {source}.",
    "On {about} I have this: {fact}. {source}.",
    "That much I know: {fact}. {source}.",
    "What I know is this: {fact}. {source}.",
    "What I can stand behind is this: {fact}. {source}.",
    "I can tell you one thing there: {fact}. {source}.",
    "Here is what I have: {fact}. {source}.",
)
"""An answer of somebody who knows. It tells the fact that was asked about and no other."""
SURE: Sequence[tuple[float, Sequence[str]]] = (
    (0.93, ("I'm sure of it.", "I'd put my name to it.", "There's no doubt about that one.")),
    (0.8, ("I'm fairly sure.", "I've no reason to doubt it.", "I take it as good.")),
    (0.0, ("I wouldn't swear to it.", "Take it with some care.", "It would bear checking.")),
)
"""Words for a confidence, from the highest floor down."""

ARCHETYPES: Mapping[str, Sequence[str]] = {
    "engineer": (
        "Show me a measurement and I'll read it.", "I don't guess at values I haven't measured.",
        "Run the test and then ask me.", "Without data I leave that field blank.",
    ),
    "executive": (
        "Find out who owns that and ask them.", "I won't commit to a number I haven't seen.",
        "Get me the facts and I'll give you a decision.", "That is a question for whoever has it on their desk.",
    ),
    "military_commander": (
        "Get me a report and you'll have an answer.", "I don't give orders on guesses.",
        "Until somebody reports, it stays unknown.", "Find out, and report back.",
    ),
    "scientist": (
        "I'd want evidence before I said more.", "Call it an open question.",
        "Any answer of mine would be a hypothesis without a sample.", "Absence of data is all I have there.",
    ),
    "politician": (
        "I'd rather owe you an answer than give you a wrong one.", "I won't put that on the record unseen.",
        "People deserve better than a guess of mine.", "Let me listen first, then speak.",
    ),
    "lawyer": (
        "I won't testify to what I haven't seen.", "Anything I said would be hearsay, and not even that.",
        "There is no document before me that says so.", "I'd be speculating, and I don't.",
    ),
    "diplomat": (
        "I would rather be silent than wrong about others.", "Let us ask those who can answer it.",
        "It would be unfair of me to guess.", "I'd leave that with the people who know.",
    ),
    "safety_officer": (
        "Unknown goes down as unknown.", "I log that as not verified.", "I won't sign off on a guess.",
        "Until it is checked, treat it as open.",
    ),
    "doctor": (
        "I don't diagnose what I haven't examined.", "Let me look first.", "I'd need to see it for myself.",
        "No findings, no opinion.",
    ),
    "journalist": (
        "I have no source for that.", "Without a second source I wouldn't print it.",
        "Nobody has gone on the record with me.", "It's a question I'd like to ask too.",
    ),
}
"""How somebody ends such an answer, by archetype."""
OTHERS: Sequence[str] = (
    "I'd rather say so than make it up.", "Better an honest gap than a guess.", "Ask somebody who was told.",
    "That's as far as it goes with me.",
)  # fmt: skip
"""How everybody else ends it."""

MANNERS: Mapping[str, Sequence[str]] = {
    "engineer": ("No data.", "Not measured, not known.", "I have no reading on that."),
    "executive": ("Not on my desk.", "I have no report on that.", "That one I have to pass on."),
    "military_commander": ("Negative.", "No report so far.", "Unknown at this time."),
    "scientist": ("Not established.", "I have no observation of that.", "That goes beyond my evidence."),
    "politician": ("You deserve a straight answer.", "I hear the question.", "I won't pretend."),
    "lawyer": ("Not to my knowledge.", "I can't speak to that.", "On that I could not testify."),
    "diplomat": ("Forgive me.", "I must disappoint you.", "With respect, that is not mine to say."),
    "safety_officer": ("Not confirmed.", "Unverified.", "I can't confirm that."),
    "doctor": ("I can't say.", "No findings there.", "That I haven't examined."),
    "journalist": ("Nothing I could print.", "I have nothing on that.", "No source, no story."),
}
"""How somebody may begin such an answer, by archetype."""
PLAINLY: Sequence[str] = ("I can't say.", "That I can't tell you.", "Sorry, no.")
"""How everybody else may."""
MOODS: Mapping[str, Sequence[str]] = {
    "tired": ("I'm too tired to guess.", "It's late for riddles.", "Let me keep this short."),
    "tense": ("Not now.", "Look, I can't give you what I haven't got.", "Wait, slow down."),
    "low": ("I'm sorry.", "I wish I could tell you.", "Don't press me on it."),
    "warm": ("A fair question.", "Good that you ask.", "I'd gladly help."),
    "even": ("", "I'll be plain.", "Let me be clear.", "I'll say it as it is."),
}
"""How such an answer may begin, by state."""


def mood(valence: float, arousal: float, energy: float) -> str:
    """The name of ``MOODS`` that fits a state: valence in [-1, 1], arousal in [0, 1], energy in [0, 100]."""
    if energy < 35.0:
        return "tired"
    if arousal > 0.6:
        return "tense"
    if valence < -0.15:
        return "low"
    return "warm" if valence > 0.25 else "even"


def sure(confidence: float) -> Sequence[str]:
    """Words for a confidence in [0, 1]."""
    return next(words for floor, words in SURE if confidence >= floor)


ARTICLES = ("the ", "a ", "an ")
_TELLING = re.compile(
    r"\d|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundred|thousand|million)\b|^the decision to ",
    re.IGNORECASE,
)


def gives_away(handle: str) -> bool:
    """Whether a handle tells what it stands for: it has a figure in it, or says what was decided."""
    return _TELLING.search(handle) is not None


def about_words(handle: str) -> dict[str, str]:
    """A handle inside a sentence and at its head."""
    return {"about": handle, "about_start": capital(handle)}


def may_open(tic: str) -> bool:
    """Whether a verbal tic can stand before a refusal: a sentence that neither asks nor counts what follows."""
    return tic[-1:] in (".", "!") and not gives_away(tic)


def topic_words(topic: str) -> dict[str, str]:
    """A topic inside a sentence and at its head: "on the water side", "on the side of the herd"."""
    side = f"side of {topic}" if topic.lower().startswith(ARTICLES) else f"{topic} side"
    return {"topic": f"on the {side}", "topic_start": f"On the {side}"}


def source_words(lookups: Lookups, speaker: Person, how: str, source: str, *, own: bool) -> str:
    """Where the speaker has something from, in their own words; ``own``: it is about what they did themselves."""
    if source in lookups.people and source != speaker.id:
        return f"{one_line(lookups.name(source))} told me"
    if source == speaker.id or how in ("experienced", "inferred"):
        return "I have that from nobody but myself"
    if own and (how == "witnessed" or source == "witnessed"):
        return "I know it at first hand"
    return {
        "briefing": "It was in the briefing",
        "message": "It came in a message",
        "instrument": "I read it off the display",
    }.get(source, "I saw it myself" if how == "witnessed" or source == "witnessed" else "I've known it from the start")
