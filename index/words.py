"""Words: text to the terms by which the lexical index finds it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

from index.language import DEFAULT, Language, language_of, languages

# Changes when the same text gives other terms: an index made by another version is built again.
VERSION = 4

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


# The same for single Chinese characters, traditional and simplified.
_FUNCTION_CHARACTERS = frozenset("的了是在和與与之於于為为嗎吗呢什麼么哪何誰谁個个這这那有被由從从到及或也都")


def terms(text: str, language: str = DEFAULT) -> list[str]:
    """The terms of a text, in order, repeated as often as they occur.

    Case, accents, width and the spelling of hyphens do not matter; words are stemmed (Snowball, by language);
    numbers stay whole; Chinese, Japanese and Korean runs become overlapping pairs of characters and single
    ones. Words that only build the sentence are left out, unless capitals say that they are a name (IT, US).
    """
    found: list[str] = []
    for run in _runs(text):
        found.extend(_terms_of(run, languages()[language]))
    return found


def alternatives(question: str, spoken: Sequence[str]) -> list[tuple[str, ...]]:
    """The terms of a question, each once, sorted; for a word the forms it has in the languages of the index.

    Where the question itself tells its language, there is one form.
    """
    told = language_of(question, spoken)
    considered = [languages()[code] for code in ([told] if told else spoken)]
    found: set[tuple[str, ...]] = set()
    for run in _runs(question):
        if run.kind == "script":
            found.update((term,) for term in _terms_of(run, considered[0]))
        else:
            forms = {term for language in considered for term in _terms_of(run, language)}
            if forms:
                found.add(tuple(sorted(forms)))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one kind: a number, a word, characters of a script without spaces."""

    kind: str
    text: str
    is_name: bool


def _runs(text: str) -> Iterator[_Run]:
    text = _folded(text)
    capitals_tell = not text.isupper()
    for match in _TERM.finditer(text):
        run = match.group()
        yield _Run(match.lastgroup or "", run, capitals_tell and len(run) > 1 and run.isupper())


def _terms_of(run: _Run, language: Language) -> list[str]:
    text = run.text
    if run.kind == "script":
        pairs = [text[at : at + 2] for at in range(len(text) - 1)]
        return pairs + [character for character in text if character not in _FUNCTION_CHARACTERS]
    if run.kind == "number":
        return [_GROUPED.sub("", text)]
    if not run.is_name and text.casefold() in _left_out(language.code):
        return []
    return [_stem(_PLURAL.sub("", text).casefold(), language.stemmer)]


@lru_cache
def _left_out(code: str) -> frozenset[str]:
    return frozenset(map(_folded, languages()[code].function_words))


def _folded(text: str) -> str:
    """The text without the differences that are no differences of words: width, ligatures, accents."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in text if not "\u0300" <= c <= "\u036f"))


@lru_cache(maxsize=200_000)
def _stem(word: str, stemmer: str) -> str:
    word = word.translate(_NOT_IN_A_WORD).removesuffix("'s").removesuffix("’s")
    stemmed: str = _stemmer(stemmer).stemWord(word)
    return stemmed


@lru_cache
def _stemmer(name: str) -> Stemmer:
    return Stemmer(name)
