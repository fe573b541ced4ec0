"""Words: text to the terms by which the lexical index finds it."""

import re
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

# Changes when the same text gives other terms: an index made by another version is built again.
VERSION = 1

_PREFIXES = "anti|co|counter|de|e|inter|intra|macro|micro|mid|multi|non|over|post|pre|re|semi|sub|un|under"
_HYPHENS = "\u2010\u2011\u00ad\u2212-"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3040-\u30ff\uac00-\ud7af"
_TERM = re.compile(
    rf"(?P<joined>\b(?:{_PREFIXES})[{_HYPHENS}][a-z]{{3,}})"  # co-operation is cooperation
    rf"|(?P<number>\d+(?:[.,]\d+)*)"  # 3.03 and 1,000 stay whole
    rf"|(?P<script>[{_HAN}]+)"
    rf"|(?P<word>(?:(?![{_HAN}\d_])\w)+(?:['’](?:(?![{_HAN}\d_])\w)+)*)"
)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NOT_IN_A_WORD = str.maketrans("", "", _HYPHENS)

# English words that say how a sentence is built, and how a question is asked, but not what about.
_FUNCTION_WORDS = frozenset(
    """
    a about above after again all also am an and any are aren't as at be because been before being
    below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    down during each few for from further had hadn't has hasn't have haven't having he her here hers
    herself him himself his how i if in into is isn't it its itself just me more most my myself no
    nor not of off on once only or other our ours ourselves out over own same she should shouldn't
    so some such than that the their theirs them themselves then there these they this those through
    to too under until up very was wasn't we were weren't what when where which while who whom whose
    why will with won't would wouldn't you your yours yourself yourselves
    """.split()  # noqa: SIM905 - 150 pairs of quotation marks would hide the words
)


def terms(text: str) -> list[str]:
    """The terms of a text, in order, repeated as often as they occur.

    Case, accents, width and the spelling of hyphens do not matter; English words are stemmed (Snowball);
    numbers stay whole; Chinese, Japanese and Korean runs become overlapping pairs of characters.
    """
    found: list[str] = []
    for match in _TERM.finditer(_folded(text)):
        kind, run = match.lastgroup, match.group()
        if kind == "script":
            found.extend([run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)])
        elif kind == "number":
            found.append(_GROUPED.sub("", run))
        elif run not in _FUNCTION_WORDS:
            found.append(_stem(run.translate(_NOT_IN_A_WORD)))
    return found


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(c for c in text if not "\u0300" <= c <= "\u036f"))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    stemmed: str = _english().stemWord(word.removesuffix("'s").removesuffix("’s"))
    return stemmed


@lru_cache(maxsize=1)
def _english() -> Stemmer:
    return Stemmer("english")
