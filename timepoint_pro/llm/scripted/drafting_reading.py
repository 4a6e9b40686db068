"""What a sentence says: who is there, where, and what is open; and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from timepoint_pro.llm.scripted.drafting_question import Open, Span, what_is_open
from timepoint_pro.llm.scripted.drafting_words import EXTRA_ROLES, Occasion, occasions, roles
from timepoint_pro.prompts.drafting import LEAST_PEOPLE, MOST_PEOPLE

USUAL = 4
NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
KIN = {
    "sister": (0, "f"), "brother": (0, "m"), "sibling": (0, ""), "twin": (0, ""), "daughter": (-1, "f"),
    "son": (-1, "m"), "child": (-1, ""), "mother": (1, "f"), "father": (1, "m"), "parent": (1, ""), "aunt": (1, "f"),
    "uncle": (1, "m"), "grandmother": (2, "f"), "grandfather": (2, "m"), "wife": (0, "f"), "husband": (0, "m"),
    "cousin": (0, ""),
}  # fmt: skip
"""Words of kinship with the generation, counted up, and the sex where the word tells it."""
BORN = ("sister", "brother", "sibling", "daughter", "son", "child", "cousin")
"""Those whom birth puts in an order."""
_COUNTED = re.compile(
    r"(?<![\w.,])(?P<number>\d{1,2}|" + "|".join(NUMBERS) + r")\s+(?P<adjective>[a-z]+(?:-[a-z]+)?\s+)??"
    r"(?P<who>people|persons|men|women|children|[a-z]{3,}s)\b",
    re.IGNORECASE,
)
_NOT_PEOPLE = frozenset((
    "hours", "days", "weeks", "months", "years", "minutes", "seconds", "nights", "times", "votes", "dollars", "euros",
    "pounds", "miles", "metres", "meters", "kilometres", "degrees", "things", "options", "ways", "ships", "boats",
    "houses", "rooms", "cars", "points", "pages", "parts", "percents", "tons", "tonnes", "acres", "cows", "sheep",
    "dogs", "cats", "cities", "towns", "villages", "countries",
))  # fmt: skip
_BEFORE_COUNTS = re.compile(r"\b(?:over|about|of|in|for|after|within|by|at|on|under|than|least|last|next|every)\s+$")
_CAPITAL = r"[^\W\d_a-z][\w'’-]*[^\W\d_A-Z]"
_FULL = rf"{_CAPITAL}(?:\s{_CAPITAL})?"
_LIST = re.compile(rf"(?<![\w])({_FULL}(?:,\s+{_FULL})*,?\s+and\s+{_FULL})(?![\w'’])")
_CALLED = re.compile(rf"\b(?:named|called)\s+({_FULL})")
_FIRST = re.compile(
    rf"^({_CAPITAL})(?=\s(?:argues?|must|decides?|has|wants?|asks?|tells?|meets?|should|learns?|finds?|refuses|quarrels)\b)"
)
_AND_NAME = re.compile(rf"\band\s+({_FULL})(?=\s)")
_NAME_AND = re.compile(rf"^({_FULL})(?=(?:,|\sand)\s(?:a|an|the|her|his|their|{'|'.join(NUMBERS)})\s)")
_PLACES_BEFORE = re.compile(r"\b(?:in|at|from|to|of|near|on|aboard)\s+$", re.IGNORECASE)
_NOT_NAMES = frozenset((
    "a", "an", "the", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "some", "all", "both",
    "each", "every", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    "mars", "earth", "moon", "god", "france", "germany", "england", "spain", "italy", "poland", "russia", "china",
    "india", "japan", "america", "europe", "africa", "asia", "britain", "ireland", "scotland", "wales", "canada",
    "mexico", "brazil", "egypt", "iran", "iraq", "israel", "turkey", "ukraine", "greece", "sweden", "norway",
    "parliament", "congress", "senate", "nobody", "somebody", "everybody", "everyone", "someone", "people", "they",
    "we", "he", "she", "it", "this", "that", "these", "those", "one",
))  # fmt: skip
_PLACE = re.compile(
    rf"\b(?P<in>in|at|inside|aboard|on board(?: of)?|on)\s+(?P<what>(?:(?:a|an|the|their|his|her|our)\s+)"
    rf"(?:[\w'’-]+\s*){{1,4}}|{_FULL}(?:\s{_CAPITAL})*)",
)
_PLACE_ENDS = re.compile(
    r"\s+(?:argu\w+|decid\w+|must|vot\w+|quarrel\w*|disagree\w*|debat\w+|discuss\w*|settl\w+|fight\w*|meet\w*|has|have|is|"
    r"are|want\w*|about|over|on|in|at|of an?|whether|who|that|which|where|while|after|before|during|for|to|with|and|as|"
    r"because|should|could|might|will|learn\w*|find\w*|hear\w*|ask\w*|choos\w+|gather\w*|when|by)\b.*$"
)
_ON = frozenset((
    "ship", "boat", "ferry", "train", "island", "farm", "station", "bridge", "plane", "mountain", "beach", "ranch",
    "submarine", "rig", "plateau", "coast", "mars", "moon", "yacht", "barge", "tram", "bus", "roof", "hill",
))  # fmt: skip
_NOT_PLACES = frozenset((
    "morning", "evening", "afternoon", "night", "end", "beginning", "time", "hurry", "moment", "week", "month",
    "year", "day", "summer", "winter", "spring", "autumn", "dark", "rain", "storm", "secret", "way", "row", "vote",
    "future", "past", "middle",
))  # fmt: skip
_WORDS = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_QUIET = frozenset((
    "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "with", "from", "into", "about",
    "over", "as", "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "does", "did", "must",
    "should", "will", "would", "can", "could", "may", "might", "their", "his", "her", "its", "our", "they", "he",
    "she", "it", "we", "who", "that", "which", "this", "these", "those", "there", "whether", "if", "not", "no", "one",
    "argue", "argues", "arguing", "argued", "argument", "quarrel", "quarrels", "decide", "decides", "decision",
    "debate", "debates", "discuss", "discusses", "meet", "meets", "meeting", "vote", "votes", "settle", "settles",
    "talk", "talks", "disagree", "dispute", "fight", "want", "wants", "need", "needs", "have", "emergency", "people",
    "persons", "together", "board", "staff",
))  # fmt: skip


@frozen
class Part:
    """Somebody to take part: a name where there is one, the label of the part, and the role that it is played by."""

    role: str
    label: str = ""
    name: str = ""
    kin: str = ""


@frozen
class Brief:
    """What a sentence was found to say.

    Args:
        occasion: its kind.
        location: where it takes place.
        parts: who takes part, those first whom the sentence names.
        open: what is to be settled.
        not_used: what of the sentence had no effect on the draft, in its words.
    """

    occasion: Occasion
    location: str
    parts: tuple[Part, ...]
    open: Open
    not_used: tuple[str, ...]


def read(text: str) -> Brief:
    """What a sentence says of its occasion, its place, its people and what is open."""
    words = [word.casefold() for word in _WORDS.findall(text)]
    known = occasions()
    occasion = max(known.values(), key=lambda one: sum(word in one.words for word in words))
    if not occasion.words.intersection(words):
        occasion = known["meeting"]
    before = what_is_open(text, ()).spans
    named, spans = _names(text, before)
    parts, counted, whole = _parts(text, words, occasion, named, before)
    total = len(parts) if whole else max(USUAL, len(parts))
    total = min(max(total, LEAST_PEOPLE), MOST_PEOPLE)
    taken = {part.role for part in parts}
    rest = [one for one in dict.fromkeys((*occasion.roles, *EXTRA_ROLES)) if one not in taken]
    parts = [*parts, *(Part(one) for one in rest)][:total]
    asked = what_is_open(text, tuple(part.name for part in parts if part.name))
    location, place = _place(text, asked.spans)
    used = [*asked.spans, *spans, *counted, *place]
    return Brief(occasion, location or occasion.location, tuple(parts), asked, _not_used(text, used, occasion))


def _names(text: str, open_at: tuple[Span, ...]) -> tuple[list[str], list[Span]]:
    """Names of people, and where they stand: lists joined by "and", and those who are called something."""
    found: list[str] = []
    spans: list[Span] = []
    role = {word for one in roles().values() for word in one.words} | {*KIN, *(f"{one}s" for one in KIN)}
    patterns = (_LIST, _CALLED, _FIRST, _AND_NAME, _NAME_AND)
    for match in (match for pattern in patterns for match in pattern.finditer(_masked(text, open_at))):
        if match.re is _LIST and _PLACES_BEFORE.search(text[: match.start()]):
            continue
        each = re.split(r",?\s+and\s+|,\s+", match[1])
        ends = [(one.split()[0].casefold(), one.split()[-1].casefold()) for one in each]
        if any(first in _NOT_NAMES or last in _NOT_NAMES | role for first, last in ends):
            continue
        if match.re is _FIRST and match[1].casefold().endswith("s"):
            continue
        found += [one for one in each if one not in found]
        spans.append(match.span(1))
    return found[:MOST_PEOPLE], spans


def _parts(
    text: str, words: list[str], occasion: Occasion, named: list[str], open_at: tuple[Span, ...]
) -> tuple[list[Part], list[Span], bool]:
    """Who takes part, where the sentence counts them, and whether those are all."""
    counts: dict[str, int] = {}
    spans: list[Span] = []
    for match in _COUNTED.finditer(text):
        who = match["who"].casefold()
        inside = any(start <= match.start() < end for start, end in open_at)
        if who in _NOT_PEOPLE or inside or _BEFORE_COUNTS.search(text[: match.start()].casefold()):
            continue
        number = min(NUMBERS.get(match["number"].casefold()) or int(match["number"]), MOST_PEOPLE)
        counts.setdefault(who, number)
        spans.append(match.span())
    outside = _masked(text, open_at).casefold()
    parts: list[Part] = []
    loose = counts.pop("people", 0) or counts.pop("persons", 0)
    kin = [one for one in _WORDS.findall(outside) if _single(one) in KIN]
    for word in dict.fromkeys(kin):
        one = _single(word)
        parts += _kin(one, counts.pop(word, 0) or (1 if word == one else max(2, len(named) if len(kin) == 1 else 2)))
    played = [(word, role) for word in words if _single(word) not in KIN and (role := _role(word, occasion))]
    if parts or named or counts:
        # Whom the question is about is not there, where the sentence says who is.
        start = min((one for one, _end in open_at), default=0)
        called = {word.casefold() for one in named for word in one.split()}
        here = {word.casefold() for word in _WORDS.findall(text[:start] if start else outside)} - called
        played = [(word, role) for word, role in played if word in here]
    alone = len({role for _word, role in played}) < 2 and not parts and not named
    for role in dict.fromkeys(role for _word, role in played):
        number = next((counts.pop(word) for word, one in played if one == role and word in counts), 1)
        if alone and number > 1:
            loose, number = max(loose, number), 1  # "five jurors" are not five of a kind: the occasion's others fill up
        parts += [
            Part(role, f"{ordinal(place)} {roles()[role].name}" if place else roles()[role].name)
            for place in range(number)
        ]
    fillers = [*dict.fromkeys((*occasion.roles, *EXTRA_ROLES))]
    for word, number in counts.items():
        one = _single(word)
        parts += [
            Part(fillers[place % len(fillers)], f"{ordinal(place)} {one}" if place else one) for place in range(number)
        ]
    if named and len(parts) == len(named) and all(part.kin for part in parts):
        parts = [Part(part.role, part.label, name, part.kin) for part, name in zip(parts, named, strict=True)]
    elif named:
        label = f"one of the {_word(len(named))}" if len(named) > 1 else "the one concerned"
        parts = [*(_named(name, fillers[place % len(fillers)], label, occasion) for place, name in enumerate(named)),
                 *parts]
    rest = [one for one in fillers if one not in {part.role for part in parts}]
    parts += [Part(one) for one in rest[: max(0, loose - len(parts))]]
    whole = bool(loose or counts or len(named) > 1 or (spans and len(parts) > 1)) or (len(parts) > 1 and bool(kin))
    return parts[:MOST_PEOPLE], spans, whole and len(parts) >= LEAST_PEOPLE


def _named(name: str, filler: str, label: str, occasion: Occasion) -> Part:
    """Somebody with a name; "Captain Mora" is a captain."""
    title = _role(name.split()[0].casefold(), occasion)
    return Part(title or filler, roles()[title].name if title else label, name)


def _kin(one: str, number: int) -> list[Part]:
    """So many of a kind, in the order of their birth."""
    made = []
    for place in range(number):
        rank = ""
        if number == 2:
            rank = ("older ", "younger ")[place]
        elif number > 2:
            rank = "eldest " if not place else "youngest " if place == number - 1 else (
                "middle " if number == 3 else f"{ordinal(place)} "
            )
        role = "eldest of the family" if not place else ("youngest of the family" if place == number - 1 else "in-law")
        made.append(Part(role, f"{rank}{one}", "", one))
    return made


def _role(word: str, occasion: Occasion) -> str:
    """The role that a word names, the occasion's own first; empty where it names none."""
    meant = [name for name, role in roles().items() if word in role.words]
    return next((one for one in meant if one in occasion.roles), meant[0] if meant else "")


def _place(text: str, open_at: tuple[Span, ...]) -> tuple[str, list[Span]]:
    """Where it takes place, without its article, and where the sentence says so."""
    for match in _PLACE.finditer(_masked(text, open_at)):
        what = _PLACE_ENDS.sub("", match["what"].rstrip()).strip()
        words = re.sub(r"^(?:a|an|the|their|his|her|our)\s+", "", what, flags=re.IGNORECASE).split()
        last = words[-1].casefold() if words else ""
        if not words or last in _NOT_PLACES or (match["in"] == "on" and last not in _ON):
            continue
        if words[0].casefold() in _NOT_NAMES and words[0].casefold().endswith("day"):
            continue
        return " ".join(words), [(match.start(), match.start("what") + len(what))]
    return "", []


def _not_used(text: str, used: Iterable[Span], occasion: Occasion) -> tuple[str, ...]:
    """The stretches that nothing was made of."""
    left = _masked(text, used)
    known = occasion.words | {word for role in roles().values() for word in role.words}
    stretches = []
    for piece in re.split(r"[\x00,;:.?!]+", left):
        words = _WORDS.findall(piece)
        telling = [word.casefold() for word in words if word.casefold() not in _QUIET]
        if any(word not in known and _single(word) not in KIN for word in telling):
            while words and words[0].casefold() in ("and", "or", "the", "a", "an", *known):
                words.pop(0)
            stretches.append(" ".join(words))
    return tuple(one for one in stretches if one)


def _masked(text: str, spans: Iterable[Span]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\x00" * (min(end, len(text)) - start)
    return "".join(letters)


def _single(word: str) -> str:
    word = word.casefold()
    irregular = {"children": "child", "men": "man", "women": "woman", "wives": "wife", "people": "person"}
    if word in irregular:
        return irregular[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def ordinal(place: int) -> str:
    """ "second" for 1, "third" for 2 ..., then "other"."""
    return ("first", "second", "third", "fourth", "fifth")[place] if place < 5 else "other"


def _word(number: int) -> str:
    return next((word for word, value in NUMBERS.items() if value == number), str(number))
