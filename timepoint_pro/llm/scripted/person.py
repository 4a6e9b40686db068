"""Grammatical person: how a statement in the third person is said by, or to, somebody whom it names.

Names as people call each other, and statements turned to "I" and "you". The rules are of English; a statement in
another language, in which no rule finds a name it knows, is said as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


def word_set(words: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(words.split())


_TITLES = word_set(
    "dr doctor prof professor judge captain commander colonel general major sergeant lieutenant sir lady lord madam "
    "mr mrs ms miss minister senator president father sister brother chief officer king queen prince princess"
)
_LOWERABLE = word_set(
    "the a an this that these those there it its we they he she you our their his her no nobody none some somebody "
    "someone most many several few all both each every everyone everybody any anyone one two three four five six "
    "seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
    "forty fifty sixty seventy eighty ninety hundred half at "
    "in on by for from with without after before since until when while if because although under over between "
    "during about against as only not neither either what who whose where how why which do does did should shall "
    "can could will would is are was were has have had may might must my your another more less last next within "
    "who's what's there's it's fewer almost nearly whatever whoever whichever whenever wherever"
)
_ADVERBS = word_set(
    "also never always still already often once only just now last first again recently usually rarely even "
    "probably really simply then later secretly quietly personally"
)
_IRREGULAR = {
    "is": ("am", "are"), "was": ("was", "were"), "has": ("have", "have"), "does": ("do", "do"),
    "isn't": ("am not", "aren't"), "wasn't": ("wasn't", "weren't"), "hasn't": ("haven't", "haven't"),
    "doesn't": ("don't", "don't"),
}  # fmt: skip
_PRESENT = word_set(
    "is was has does isn't hasn't doesn't wants knows believes thinks needs keeps holds says fears hopes plans owes "
    "lives works sees feels likes trusts means runs owns intends expects refuses leads waits remembers forgets sleeps "
    "finds asks speaks writes reads takes makes gives goes comes pays carries sits brings thanks drops"
)
_VERBS = _PRESENT | word_set("had did would could said knew saw stood went came")
_NOT_VERBS = word_set("this thus perhaps as its his us yes always less besides")
_WORD = re.compile(r"[\w'’-]+|[^\w\s]|\s+")
_LATIN = re.compile(r"[A-Za-z]")


@lru_cache(maxsize=4096)
def call_name(name: str) -> str:
    """What people call somebody to their face: the first name, the title with the last, or the whole name."""
    words = name.split()
    if len(words) < 2 or len(words) > 3 or not all(word[:1].isupper() for word in words):
        return name
    if words[0].rstrip(".").casefold() in _TITLES:
        return f"{words[0]} {words[-1]}"
    if words[0].casefold() in _LOWERABLE or not words[0].replace("-", "").isalpha() or len(words[0]) < 2:
        return name
    return words[0]


def lowered(text: str) -> str:
    """The text as it stands inside a sentence: a small first letter where the first word is no name."""
    first, _, _ = text.partition(" ")
    folded = first.casefold().rstrip(",")
    if (folded in _LOWERABLE or folded.partition("-")[0] in _LOWERABLE) and not first[1:2].isupper():
        return text[0].lower() + text[1:]
    return text


def fits_inside(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether ``text`` can stand after a conjunction: we can tell whether its first letter stays a capital."""
    first = text.partition(" ")[0].rstrip(",")
    bare = first.removesuffix("'s").removesuffix("’s")
    return (
        bare.casefold().partition("-")[0] in _LOWERABLE
        or bare in names
        or bare in ("I", "My", "You", "Your")
        or first[:1].isdigit()
        or first[1:2].isupper()
        or not first[:1].isupper()
    )


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=16384)
def spoken(statement: str, subject: str, speaker: str, addressee: str) -> str:
    """A statement as ``speaker`` says it to ``addressee``, without its final stop.

    Args:
        statement: one sentence in the third person.
        subject: display name of whom it is about, empty where nobody or unknown.
        speaker, addressee: display names; the latter empty when everyone is addressed.
    """
    text = " ".join(statement.split()).rstrip(".!…。！").rstrip()
    if text.endswith(("?", "؟", "？")):
        text = text[:-1].rstrip()
    if not _LATIN.search(text):
        return text
    text = _last_in_list(text, speaker)
    for name, person in ((speaker, 0), (addressee, 1)):
        if name:
            text = _turned(text, name, person, subject in (name, ""))
    return text


_NAME = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*"
_LISTED = re.compile(rf"((?:{_NAME}, )*{_NAME}) and ({_NAME}) ")


def _last_in_list(text: str, name: str) -> str:
    """``text`` with ``name`` put last among several names at its head: nobody names themselves first."""
    listed = _LISTED.match(text)
    if listed is None:
        return text
    names = [*listed.group(1).split(", "), listed.group(2)]
    if name not in names or names[-1] == name:
        return text
    others = [one for one in names if one != name]
    return f"{', '.join(others)} and {name} {text[listed.end():]}"


_FORMS = (("I", "me", "my", "myself"), ("you", "you", "your", "yourself"))


def _turned(text: str, name: str, person: int, is_subject: bool) -> str:
    """``text`` with the mentions of ``name`` turned to the first (0) or second (1) person."""
    if " " not in name and name.casefold() not in text.casefold():
        return text
    nominative, accusative, possessive, reflexive = _FORMS[person]
    tokens = _WORD.findall(_joined(text, name))
    out: list[str] = []
    named, leading = False, False
    pending = False
    for index, token in enumerate(tokens):
        folded = token.casefold()
        if token == _MARK:
            before = _previous(out)
            start = before in _BEFORE_SUBJECT or (before in ("as", "than") and _following(tokens, index) in _VERBS)
            if tokens[index + 1 : index + 2] and tokens[index + 1] in ("'s", "’s"):
                word = possessive
            elif start:
                word, pending = nominative, True
            else:
                word = accusative
            out.append(word if before else capital(word))
            named, leading = True, leading or start
            continue
        if token in ("'s", "’s") and tokens[index - 1] == _MARK:
            continue
        if pending and token.strip() and token[0].isalpha():
            if folded not in _ADVERBS:
                token = _agreed(token, person)
                pending = False
        elif named and is_subject and leading and folded in ("he", "she"):
            token, pending = nominative, True
        elif named and is_subject and folded in ("himself", "herself"):
            token = reflexive
        elif named and is_subject and leading and folded in ("him", "himself", "herself", "his", "her"):
            token = _pronoun(folded, tokens[index + 1 :], accusative, possessive, reflexive)
        elif named and is_subject and leading and folded in _PRESENT and _previous(out) in ("and", "but", "or", ","):
            token = _agreed(token, person)
        out.append(token)
    return "".join(out)


_MARK = "\u2042"
_BEFORE_SUBJECT = word_set(", ; : that whom which because when while if since whether where although and but") | {""}


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    words = [word for word in name.split() if word.rstrip(".").casefold() not in _TITLES]
    parts = [name]
    if len(words) > 1:
        parts += [" ".join(words), words[-1], words[0]]
    elif words:
        parts.append(words[0])
    usable = [re.escape(part) for part in parts if len(part) > 2 and part[0].isupper()] or [re.escape(name)]
    titles = "|".join(sorted(_TITLES))
    return re.compile(rf"\b(?:(?i:{titles})\.? (?=[A-Z]))?(?:{'|'.join(usable)})\b(?! [A-Z][a-z])")


def _joined(text: str, name: str) -> str:
    """``text`` with each mention of the name replaced by one mark; where others share a part of it, that is theirs."""
    return _pattern(name).sub(lambda found: found.group() if _is_of_another(text, found, name) else _MARK, text)


def _is_of_another(text: str, found: re.Match[str], name: str) -> bool:
    """Whether a mention is ``name``'s last name alone, and somebody else's first name stands before it."""
    if " " not in name or not name.endswith(f" {found.group()}"):
        return False
    before = _FIRST_NAME.search(text, 0, found.start())
    return before is not None and before.group(1).casefold() not in _NO_FIRST_NAMES


_FIRST_NAME = re.compile(r"\b([A-Z][\w'’-]*) $")
_NO_FIRST_NAMES = _LOWERABLE | _TITLES | _ADVERBS | word_set("yesterday today tonight tomorrow earlier perhaps here")


@lru_cache(maxsize=4096)
def as_object(phrase: str, name: str, person: int) -> str:
    """A course with somebody's name in it ("let Paul go on") turned to the first (0) or second (1) person."""
    if name.rpartition(" ")[2] not in phrase and name.partition(" ")[0] not in phrase:
        return phrase
    _, accusative, possessive, _ = _FORMS[person]
    marked = _joined(phrase, name)
    return marked.replace(f"{_MARK}'s", possessive).replace(f"{_MARK}’s", possessive).replace(_MARK, accusative)


def is_named(phrase: str, name: str) -> bool:
    """Whether a phrase is nothing but somebody's name."""
    return _pattern(name).fullmatch(phrase) is not None


@lru_cache(maxsize=8192)
def familiar(text: str, called: tuple[tuple[str, str], ...]) -> str:
    """``text`` with people called as one calls them to their face.

    Args:
        text: a statement.
        called: pairs of display name and what they are called, for those who are there.
    """
    for name, short in called:
        if name != short and name.rpartition(" ")[2] in text:
            text = _pattern(name).sub(_calling(text, name, short), text)
    return text


def _calling(text: str, name: str, short: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.group() if _is_of_another(text, found, name) else short


def _following(tokens: list[str], index: int) -> str:
    return next((token.casefold() for token in tokens[index + 1 :] if token.strip()), "")


def _previous(out: list[str]) -> str:
    return next((token.casefold() for token in reversed(out) if token.strip()), "")


def _agreed(verb: str, person: int) -> str:
    """A verb in the third person singular turned to the first or second person; any other word as it is."""
    folded = verb.casefold()
    if folded in _IRREGULAR:
        return _IRREGULAR[folded][person]
    if not folded.endswith("s") or folded.endswith(("ss", "us")) or folded in _NOT_VERBS or len(folded) < 4:
        return verb
    if folded.endswith("ies") and len(folded) > 4:
        return verb[:-3] + "y"
    if folded.endswith(("shes", "ches", "sses", "xes", "zes", "oes")):
        return verb[:-2]
    return verb[:-1]


def _pronoun(word: str, rest: list[str], accusative: str, possessive: str, reflexive: str) -> str:
    if word in ("himself", "herself"):
        return reflexive
    if word == "him":
        return accusative
    following = next((token for token in rest if token.strip()), "")
    is_object = not following or not following[0].isalnum() or following.casefold() in _LOWERABLE | {"and", "to", "or"}
    return accusative if word == "her" and is_object else possessive
