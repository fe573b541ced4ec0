"""Initialisms and the phrases they stand for, learned from the documents themselves.

"MoU" and "Memorandum of Understanding" are one thing to a reader. A passage that holds the one is indexed as
if it held the other, too. In a question, only what the embedder has no word for is spelled out, and for the
embedder only.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index.words import terms

_INITIALISM = re.compile(r"\b[A-Z][A-Za-z]{0,4}[A-Z](?=s?\b)")
_CAPITALISED = r"[A-Z][\w'’]*(?:[-\u2010\u2011][\w'’]+)*"
_BETWEEN = r"(?:of|the|for|and|on|in|to|&|de|du|la|von)"
_RUN = re.compile(rf"{_CAPITALISED}(?:\s+(?:{_BETWEEN}\s+){{0,2}}{_CAPITALISED})+")
# "Hong Kong Trade Development Council (HKTDC)"
_DEFINED = re.compile(r"\s*\(\s*[\"“”']?([A-Z][A-Za-z]{0,4}[A-Z])s?\b")
# An ordinary word of the length of an initialism.
_ORDINARY = re.compile(r"\b[a-z]{2,6}\b")
# In the plural, too, if capitals tell that the s is not its own: MoUs.
_WORD = re.compile(r"\b([A-Za-z]{2,6}?)(?:(?<=[A-Z])s)?\b")
_SHORTEST, _LONGEST = 2, 6
# A definition says more than any number of coincidences is likely to.
_DEFINITION = 10
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Initialisms:
    """``phrases`` maps an initialism, in small letters, to the phrase it stands for, as it is written."""

    phrases: Mapping[str, str]
    _terms: Mapping[str, tuple[str, ...]] = field(repr=False)
    _by_first: Mapping[str, list[str]] = field(repr=False)

    @classmethod
    def of(cls, phrases: Mapping[str, str]) -> "Initialisms":
        """Make them from phrases that were learned before."""
        of_phrase = {_term(initialism): tuple(terms(phrase)) for initialism, phrase in phrases.items()}
        by_first = defaultdict(list)
        for initialism, own in of_phrase.items():
            by_first[own[0]].append(initialism)
        return cls(dict(phrases), of_phrase, dict(by_first))

    @classmethod
    def learn(cls, texts: Callable[[], Iterable[str]]) -> "Initialisms":
        """Learn them from texts (gone through twice).

        An initialism stands for the capitalised phrase with its initials that is defined beside it
        ("… Council (HKTDC)") or occurs at least twice, if no other phrase comes near in number, and if the
        same letters are not more often an ordinary word.
        """
        known = Counter(found.casefold() for text in texts() for found in _INITIALISM.findall(text))
        ordinary: Counter[str] = Counter()
        counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for text in texts():
            ordinary.update(word for word in _ORDINARY.findall(text) if word in known)
            for initialism, phrase, weight in _evidence(text, known):
                own = tuple(terms(phrase))
                if len(own) > 1:
                    counts[initialism][own] += weight
                    spellings[own][phrase] += 1
        phrases = {}
        for initialism, counted in sorted(counts.items()):
            (own, most), total = counted.most_common(1)[0], counted.total()
            if most >= _ENOUGH and 2 * most > total and known[initialism] > ordinary[initialism]:
                phrases[initialism] = min(
                    spellings[own], key=lambda phrase: (-spellings[own][phrase], phrase)
                )
        return cls.of(phrases)

    def expanded(self, own: list[str]) -> list[str]:
        """A passage's terms, and after them the other form of each initialism or phrase among them."""
        if not self.phrases:
            return own
        more: list[str] = []
        for at, term in enumerate(own):
            more.extend(self._terms.get(term, ()))
            for initialism in self._by_first.get(term, ()):
                phrase = self._terms[initialism]
                if tuple(own[at : at + len(phrase)]) == phrase:
                    more.append(initialism)
        return own + more

    def spelled_out(self, text: str, is_opaque: Callable[[str], bool]) -> str:
        """A text with the phrase in place of each initialism that is opaque to whoever will read it."""

        def phrase(match: re.Match[str]) -> str:
            known = self.phrases.get(match[1].casefold())
            return known if known and is_opaque(match[1]) else match[0]

        return _WORD.sub(phrase, text)


def _term(initialism: str) -> str:
    """The initialism as a term; beside another word, its capitals keep IT and US from being left out."""
    return terms(f"x {initialism.upper()}")[-1]


def _evidence(text: str, known: Container[str]) -> Iterator[tuple[str, str, int]]:
    """Each initialism that a phrase of the text may stand behind, the phrase, and what that weighs."""
    for run in _RUN.finditer(text):
        words = run.group().split()
        defined = _DEFINED.match(text, run.end())
        for first in range(len(words) - 1):
            for last in range(first + 1, min(first + 2 * _LONGEST, len(words))):
                part = words[first : last + 1]
                is_whole = len(part) == len(words)
                for initials in _initials(part):
                    if initials not in known or (len(initials) == _SHORTEST and not is_whole):
                        continue
                    is_defined = defined and last == len(words) - 1 and defined[1].casefold() == initials
                    yield initials, " ".join(part), _DEFINITION if is_defined else 1


def _initials(words: list[str]) -> set[str]:
    """A phrase's initials, with and without those of its small words; none if it begins or ends in one."""
    if not (words[0][0].isupper() and words[-1][0].isupper()):
        return set()
    every = "".join(word[0] for word in words)
    return {every.casefold(), "".join(letter for letter in every if letter.isupper()).casefold()}
