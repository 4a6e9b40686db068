"""Forms of English words and phrases: articles, infinitives, number, and what sounds like bad news."""

from __future__ import annotations

import re
from functools import lru_cache

from timepoint_pro.llm.scripted.person import capital, lowered, word_set
from timepoint_pro.prompts.dialog import OptionView

_PLURALS = word_set(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand both these those several many few"
)
_SINGULARS = word_set(
    "news gas bias canvas atlas lens series means chaos christmas physics mathematics politics economics ethics "
    "logistics species mumps measles pancreas alias"
)
_BREAKS = re.compile(
    r"\b(?:of|with|without|from|for|in|on|at|to|by|behind|about|under|over|after|before|as|that|which|who|until|first)\b"
)


_IRREGULAR_PLURALS = word_set("people men women children police feet teeth dead")
_PAIR = re.compile(r" and (?:the|a|an|his|her|their|our|my|your) ")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@lru_cache(maxsize=4096)
def is_plural(phrase: str) -> bool:
    """Whether a noun phrase takes a plural verb, by its form."""
    head = _BREAKS.split(phrase.casefold(), maxsplit=1)[0].split()
    words = [word for word in head if word not in ("the", "a", "an")]
    if _PAIR.search(phrase.casefold()) and words and not words[0].endswith("ing"):
        return True
    if not words or phrase.casefold().startswith(("a ", "an ")) or words[0].endswith("ing"):
        return False
    last = words[-1]
    if words[0] in _PLURALS or "and" in words or last in _IRREGULAR_PLURALS:
        return True
    return last.endswith("s") and last not in _SINGULARS and not last.endswith(("ss", "us", "is", "'s", "’s"))


_BAD = re.compile(
    r"\b(?:fail\w*|broke\w*|missing|lost|loses?|crack\w*|leak\w*|wrong\w*|short|slower|worse|warning|cut|spoil\w*|"
    r"headaches?|sick|ill|injur\w*|dead|died|hurt|alarm|fault\w*|never|will not|cannot|no longer|undone|wet|soft|"
    r"rumou?r|threat\w*|danger\w*|damage\w*|debt|delay\w*|refus\w*|gave notice|reported|breaks?|stolen|late)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_bad_news(statement: str) -> bool:
    """Whether a statement has a word of failure or harm in it."""
    return _BAD.search(statement) is not None


_VERBS = word_set(
    "keep get protect win save bring find be have make take stay hold lead leave close finish mend do fill spend put "
    "reach build stop prove show learn help see tell hear give go come run open sell buy pay cut raise lower end avoid "
    "defend secure restore return survive earn serve teach heal rescue complete deliver land launch fix repair ensure "
    "maintain prevent preserve preside become gain grow escape feed guard honour honor join know live look lose move "
    "pass plan publish punish read rest rule send settle share sleep speak start support talk trust turn understand "
    "use warn watch work write catch convince persuade expose investigate negotiate reform reduce increase improve"
)


def is_infinitive(goal: str) -> bool:
    """Whether a goal is stated as a bare infinitive, short enough to be said."""
    words = goal.removeprefix("to ").split()
    return bool(words) and words[0] in _VERBS and len(words) <= 14


@lru_cache(maxsize=4096)
def definite(handle: str) -> str:
    """A handle with an article where it has none and is no name."""
    first = handle.partition(" ")[0]
    if not first.isascii() or first[:1].isupper() or "'" in first or "’" in first or first.casefold() in _DETERMINERS:
        return handle
    return f"the {handle}"


_DETERMINERS = word_set(
    "the a an this that these those my your his her its our their some any no every each all both"
)


_NUMBERS = word_set("one two three four five six seven eight nine ten eleven twelve")
_BARE_TOPICS = word_set("safety health conduct science credit capital home reporting testing supply conflict")
_OF_A_SIDE = word_set("medical legal technical financial political social")


@lru_cache(maxsize=1024)
def topic_noun(topic: str) -> str:
    """A topic as a noun phrase: with its article, without one where none is usual, or as a side of the matter."""
    text = " ".join(topic.split())
    first, last = text.partition(" ")[0].casefold(), text.rpartition(" ")[2].casefold()
    if last in _OF_A_SIDE:
        return f"the {text.removeprefix('the ')} side"
    if first in _DETERMINERS:
        return lowered(text)
    if not text.isascii() or last in _NUMBERS or last.isdigit() or last in _BARE_TOPICS or last.endswith("'s"):
        return text
    return f"the {text}" if text.isupper() or text[:1].islower() else text


@lru_cache(maxsize=1024)
def bare_infinitive(label: str, quoted: bool = False) -> str:
    """An option's label as it stands after "we" or "to"; ``quoted``: it is in another language."""
    text = " ".join(label.split()).rstrip(".!?。").removeprefix("to ").removeprefix("To ")
    if text and (quoted or not _LATIN.search(text)):
        return f'go for "{text}"'
    first, _, rest = text.partition(" ")
    if first.casefold() in _DETERMINERS:
        return f"go for {lowered(text)}"
    if first[1:2].isupper() or not first:
        return text or "do that"
    return f"{first[0].lower()}{first[1:]} {rest}".rstrip()


def noun_of(option: OptionView) -> str:
    """An option's noun phrase, made from its label where it has none."""
    noun = " ".join(option.noun.split()).rstrip(".!?")
    if noun:
        return lowered(noun) if _LATIN.search(noun) and not option.quoted else f'"{noun}"'
    if option.label and (option.quoted or not _LATIN.search(option.label)):
        return bare_infinitive(option.label, option.quoted).removeprefix("go for ")
    return f"the plan to {bare_infinitive(option.label)}"


def finished(text: str) -> str:
    """The turn with a capital at its start and after each full stop, single spaces and a final mark."""
    text = " ".join(text.split())
    if text and text[-1] not in ".!?…。！？؟":
        text += "."
    return capital(text.replace("?.", "?").replace("!.", "!").replace("?!.", "?!"))
