"""What a sentence leaves open: the clause after whether, if, who, how, about or over, as a question with courses."""

from __future__ import annotations

import re

from attrs import frozen

Span = tuple[int, int]

_ARGUE = (
    r"argu\w+|quarrel\w*|disagree\w*|debat\w+|discuss\w*|decid\w+|settl\w+|fight\w*|vot\w+|ask\w*|talk\w*|meet\w*|"
    r"meeting|dispute\w*|clash\w*|row|negotiat\w+|deliberat\w+|argument|decision|hearing|referendum|choos\w+|agree\w*|"
    r"wonder\w*|consider\w*|weigh\w*|quarrel|rul\w+|judg\w+|consult\w*"
)
_CLAUSE = re.compile(
    rf"\b(?:(?:about|over|on)\s+)?(?P<how>whether)\s+(?P<what>[^;:.?!]+)|"
    rf"\b(?:{_ARGUE})\s+(?:(?:about|over|on)\s+)?(?P<how2>if|who|how|what|where|when|which\s+\w+)\s+(?P<what2>[^;:.?!]+)|"
    rf"\b(?:about|over|on)\s+(?P<how3>if|who|how|what|where|when|which\s+\w+)\s+(?P<what3>[^;:.?!]+)|"
    rf"\b(?:{_ARGUE})\s+(?:[\w'’-]+\s+){{1,5}}?(?P<how4>if)\s+(?P<what4>[^;:.?!]+)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"\b(?:about|over|regarding|concerning|on the subject of|because of|(?:{_ARGUE})\s+on|"
    r"(?:discuss|debat|consider|settl|weigh|judg)\w*(?=\s(?:a|an|the|their|his|her|its|\w+ing)\s))\s+(?P<what>[^,;:.?!]+)",
    re.IGNORECASE,
)
_THING = re.compile(r"^(?:a|an|the)(?:\s[\w'’-]+){1,4}\.?$", re.IGNORECASE)
_AND = re.compile(r"\band\s+(?P<what>(?:a|an|the|their|his|her|its)\s[^,;:.?!]+)", re.IGNORECASE)
_COURSE = re.compile(
    r"\b(?:decid\w+|must|should|wants?|plans?|has|have|needs?)\s+to\s+(?P<what>[^,;:.?!]+)|"
    r"\b(?:must|should|could|might)\s+(?P<bare>(?!not\b|to\b)[^,;:.?!]+)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(?:,|\s+(?:who|which|that|while|because|after|before|when|where|during|and (?:then|the|a|one|each|nobody)|or not|"
    r"as (?:a|the)|in which|with (?:a|the|one|each)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day))\b.*$",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"(?:,|\s+(?:while|because|when|after|before|during|or not|on (?:mon|tues|wednes|thurs|fri|satur|sun)day))\b.*$"
    r"|,.*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?P<who>.+?)\s+(?P<verb>is|are|was|were|should|must|can|could|may|might|will|would|has|had)\s+(?P<rest>.+)",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"\b(?:its|their|his|her)\b")
_ARTICLES = re.compile(r"\b(?:the|a|an|their|his|her|its|our|this|that)\s+(?P<noun>.+)", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\s(?:of|in|on|at|for|from|to|by|with|into|through|under|between|against|is|are|was|were|should|must|will|can|may)\s.*$"
)
_QUESTION_WORDS = frozenset(("whether", "how", "what", "who", "if", "when", "where", "why", "which"))
_NOT_COURSES = frozenset((
    "be", "have", "say", "know", "see", "do", "talk", "meet", "discuss", "decide", "agree", "find", "settle", "choose",
    "vote", "argue", "judge",
))  # fmt: skip
_KEPT = frozenset(("the", "our", "this", "that", "these", "those"))
_DANGLING = ("and", "or", "the", "a", "of", "in", "to", "for", "with", "now", "at")
_LONGEST, _MOST_LETTERS, _LONGEST_NOUN = 14, 64, 24


@frozen
class Open:
    """What is open.

    Args:
        text: the question.
        subject: what it is about, a noun phrase.
        noun: the thing that it turns on, with its article (``the lamp``).
        courses: pairs of a bare infinitive and a noun phrase; empty where the sentence names none.
        spans: where the sentence says so.
    """

    text: str
    subject: str
    noun: str
    courses: tuple[tuple[str, str], ...] = ()
    spans: tuple[Span, ...] = ()


def what_is_open(text: str, names: tuple[str, ...]) -> Open:
    """The question of a sentence. ``names``: those who answer to "who"."""
    return _clause(text, names) or _plan(text) or _topic(text) or _thing(text) or Open(
        "What do we do about the matter?", "the matter", "the matter"
    )


def _clause(text: str, names: tuple[str, ...]) -> Open | None:
    for match in _CLAUSE.finditer(text):
        mark = next(one for one in ("", "2", "3", "4") if match[f"how{one}"])
        how = match[f"how{mark}"].casefold()
        what, end = _cut(match[f"what{mark}"], _CLAUSE_ENDS)
        if not what:
            continue
        begins = match.start("how4") if mark == "4" else match.start()
        spans = ((begins, match.start(f"what{mark}") + end),)
        noun = noun_of(what)
        if what.startswith("to "):
            what = what[3:]
            if how in ("whether", "if"):
                return _course(what, spans)
            return Open(f"{how.capitalize()} do we {what}?", f"the question of {how} to {what}", noun, (), spans)
        if how in ("whether", "if"):
            claims = ((f"hold that {what}", f"the view that {what}"), ("hold the opposite", "the opposite view"))
            return Open(_asked(what), f"the question whether {what}", noun, claims, spans)
        if how == "who":
            answers = tuple((f"agree that {name} {what}", f"{name}'s claim") for name in names[:3])
            return Open(f"Who {what}?", f"the question of who {what}", noun, answers, spans)
        return Open(f"What do we say to this: {how} {what}?", f"the question of {how} {what}", noun, (), spans)
    return None


def _plan(text: str) -> Open | None:
    for match in _COURSE.finditer(text):
        group = "what" if match["what"] else "bare"
        what, end = _cut(match[group], _ENDS)
        first = what.split()[0] if what else ""
        if first and first.casefold() not in _NOT_COURSES and first.isalpha():
            about = _topic(text)
            made = _course(what, ((match.start(), match.start(group) + end),))
            if about is None or about.spans[0][0] < made.spans[0][1]:
                return made
            return Open(made.text, about.subject, about.noun, made.courses, (*made.spans, *about.spans))
    return None


def _topic(text: str) -> Open | None:
    match = _ABOUT.search(text) or _AND.search(text)
    what, end = _cut(match["what"], _ENDS) if match else ("", 0)
    words = what.split()
    if match is None or not words or words[0].casefold() in _QUESTION_WORDS:
        return None
    spans = ((match.start(), match.start("what") + end),)
    if words[0].endswith("ing") and words[0].islower() and len(words) > 1:
        courses = ((f"go ahead with {what}", what),)
        return Open(f"Do we go ahead with {what}?", what, noun_of(what), courses, spans)
    return Open(f"What do we do about {_the(what)}?", _the(what), noun_of(what), (), spans)


def _thing(text: str) -> Open | None:
    """A sentence that only names a thing."""
    if not _THING.match(text) or len(text) > _MOST_LETTERS:
        return None
    what = _the(text[0].lower() + text[1:].rstrip("."))
    return Open(f"What do we do about {what}?", what, noun_of(what), (), ((0, len(text)),))


def _course(what: str, spans: tuple[Span, ...]) -> Open:
    what = what[0].lower() + _THEIRS.sub("the", what[1:])
    plan = f"the plan to {what}"
    return Open(f"Do we {what}?", plan, noun_of(what), ((what, plan),), spans)


def _asked(claim: str) -> str:
    """A claim as a question: "the dam is safe" becomes "Is the dam safe?"."""
    match = _LEADING.fullmatch(claim)
    if match is None or len(match["who"].split()) > 6:
        return f"Is it so that {claim}?"
    who = match["who"]
    return f"{match['verb'].capitalize()} {who} {match['rest']}?"


def noun_of(what: str) -> str:
    """The thing that a phrase turns on, with its article."""
    match = _ARTICLES.search(what)
    noun = _PREPOSITION.sub("", f"{match['noun'] if match else what} ").split()
    if match is None:
        noun = noun[-1:]
    if not noun:
        return "the matter"
    words = " ".join(noun[:3])
    if len(words) > _LONGEST_NOUN:
        return "the matter"
    return words if words[:1].isupper() or not words[:1].isalpha() else f"the {words}"


def _the(what: str) -> str:
    words = what.split()
    first = words[0].casefold()
    if first in ("a", "an", "their", "his", "her", "its"):
        return " ".join(("the", *words[1:]))
    return what if first in _KEPT or words[0][:1].isupper() or words[0].endswith(("'s", "’s")) else f"the {what}"


def _cut(what: str, ends: re.Pattern[str]) -> tuple[str, int]:
    """The phrase without what follows it, and where it ends; empty where it is too long."""
    kept = ends.sub("", f" {what}")[1:]
    words = kept.split()
    while words and words[-1].casefold() in _DANGLING:
        words.pop()
    joined = " ".join(words)
    return (joined, len(joined)) if len(words) <= _LONGEST and len(joined) <= _MOST_LETTERS else ("", 0)
