"""Words: text to the terms by which the lexical index finds it."""

import re
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

# Changes when the same text gives other terms: an index made by another version is built again.
VERSION = 3

_PREFIXES = "anti|co|counter|de|e|inter|intra|macro|micro|mid|multi|non|over|post|pre|re|semi|sub|un|under"
_HYPHENS = "\u2010\u2011\u00ad\u2212-"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3040-\u30ff\uac00-\ud7af"
_TERM = re.compile(
    rf"(?P<joined>\b(?i:{_PREFIXES})[{_HYPHENS}][a-zA-Z]{{3,}})"  # co-operation is cooperation
    rf"|(?P<number>\d+(?:[.,]\d+)*)"  # 3.03 and 1,000 stay whole
    rf"|(?P<script>[{_HAN}]+)"
    rf"|(?P<word>(?:(?![{_HAN}\d_])\w)+(?:['’](?:(?![{_HAN}\d_])\w)+)*)"
)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NOT_IN_A_WORD = str.maketrans("", "", _HYPHENS)
# An initialism in the plural: MoUs.
_PLURAL = re.compile(r"(?<=[A-Z])s$")

# English words that say how a sentence is built, and how a question is asked, but not what about.
_FUNCTION_WORDS = frozenset(
    """
    a about above after again all also am an and any are aren't as at be because been before being
    below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    down during each few for from further had hadn't has hasn't have haven't having he her here hers
    herself him himself his how i if in into is isn't it its itself just me more most my myself no
    nor not of off on once only or other our ours ourselves out over own same she should shouldn't
    so some such than that the their theirs them themselves then there these they this those through
    to too under until up us very was wasn't we were weren't what when where which while who whom whose
    why will with won't would wouldn't you your yours yourself yourselves
    """.split()  # noqa: SIM905 - 150 pairs of quotation marks would hide the words
)

# The same for single Chinese characters, traditional and simplified.
_FUNCTION_CHARACTERS = frozenset("的了是在和與与之於于為为嗎吗呢什麼么哪何誰谁個个這这那有被由從从到及或也都")


def terms(text: str) -> list[str]:
    """The terms of a text, in order, repeated as often as they occur.

    Case, accents, width and the spelling of hyphens do not matter; English words are stemmed (Snowball);
    numbers stay whole; Chinese, Japanese and Korean runs become overlapping pairs of characters and single
    ones. Words that only build the sentence are left out, unless capitals say that they are a name (IT, US).
    """
    text = _folded(text)
    capitals_tell = not text.isupper()
    found: list[str] = []
    for match in _TERM.finditer(text):
        kind, run = match.lastgroup, match.group()
        if kind == "script":
            found.extend(run[at : at + 2] for at in range(len(run) - 1))
            found.extend(character for character in run if character not in _FUNCTION_CHARACTERS)
        elif kind == "number":
            found.append(_GROUPED.sub("", run))
        else:
            is_name = capitals_tell and len(run) > 1 and run.isupper()
            if is_name or run.casefold() not in _FUNCTION_WORDS:
                found.append(_stem(_PLURAL.sub("", run).casefold()))
    return found


def _folded(text: str) -> str:
    """The text without the differences that are no differences of words: width, ligatures, accents."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in text if not "\u0300" <= c <= "\u036f"))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    word = word.translate(_NOT_IN_A_WORD).removesuffix("'s").removesuffix("’s")
    stemmed: str = _english().stemWord(word)
    return stemmed


@lru_cache(maxsize=1)
def _english() -> Stemmer:
    return Stemmer("english")
