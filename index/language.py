"""Languages: told by their function words, for stemming."""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

DEFAULT = "en"
# ISO 639-1 code: the name of the Snowball stemmer and of bm25s' list of function words.
_OTHERS = {
    "da": "danish",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}
_WORD = re.compile(r"[^\W\d_]+")
# So many function words tell a language, if they are so many times those of the next: relatives share some.
_ENOUGH = 3
_CLEAR = 1.25

# English words that say how a sentence is built, and how a question is asked, but not what about.
_ENGLISH = frozenset(
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


@dataclass(frozen=True, slots=True)
class Language:
    """What is needed to index a language: its stemmer's name and the words that only build sentences."""

    code: str
    stemmer: str
    function_words: frozenset[str]


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Every language that is known, by its code."""
    from bm25s import stopwords

    others = {
        code: Language(code, stemmer, frozenset(getattr(stopwords, f"STOPWORDS_{stemmer.upper()}")))
        for code, stemmer in _OTHERS.items()
    }
    return {DEFAULT: Language(DEFAULT, "english", _ENGLISH), **others}


@lru_cache(maxsize=1)
def _spoken_by() -> dict[str, tuple[str, ...]]:
    """Each function word, and the codes of the languages that have it."""
    codes: dict[str, tuple[str, ...]] = {}
    for language in languages().values():
        for word in language.function_words:
            codes[word] = (*codes.get(word, ()), language.code)
    return codes


def language_of(text: str, among: Container[str] | None = None) -> str | None:
    """The language of a text, by its function words; None where they do not tell."""
    spoken_by = _spoken_by()
    counts = Counter(
        code
        for word in _WORD.findall(text.casefold())
        for code in spoken_by.get(word, ())
        if among is None or code in among
    )
    if not counts:
        return None
    (code, most), *others = counts.most_common(2)
    clear = not others or most >= _CLEAR * others[0][1]
    return code if most >= _ENOUGH and clear else None
