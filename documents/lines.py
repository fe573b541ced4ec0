"""The lines of a text, and what a line looks like: blank, rule, list item, navigation."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_RULE = re.compile(r"([-=*_~+#·—–―─━═＝－])(?:[ \t]*\1){2,}")
_ITEM = re.compile(
    r"(?:[•‣◦▪▫●○■□◆◇►▶➢➤✓✔·∙⁃–—*+-][ \t\u00a0\u3000]+"
    r"|(?:\(?\d{1,3}|\([a-zA-Z]|[a-z]|\([ivx]{1,5}|[ivx]{1,5})[.)][ \t\u00a0\u3000]+"
    r"|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,3}、)(?=\S)"
)
_FIRST_ITEM = re.compile(r"\(?[1aAi一]\b|[^\w(]")
_FINAL = re.compile(r"[.!?:;…。！？：；][\"'”’」』)）\]]*$")

_LONG, _WIDEST = 40, 140  # characters
_FULL = 0.88  # of the width: letters are not all as wide as each other


@dataclass(frozen=True)
class Line:
    """One line without its line end and outer white space: ``text`` stands at ``start:end``.

    ``indent`` counts the white space before it.
    """

    start: int
    end: int
    text: str
    indent: int = 0

    @cached_property
    def is_rule(self) -> bool:
        """Only a drawn line, as below a heading or in a table: ``-----``, ``* * *``, ``————``, ``|---|``."""
        drawn = "--" in self.text and not self.text.strip("|+:=- \t")
        return drawn or _RULE.fullmatch(self.text) is not None

    @cached_property
    def marker(self) -> int:
        """How many characters the list marker takes with the space after it; 0 where there is none."""
        match = _ITEM.match(self.text)
        return match.end() if match and not self.is_rule else 0

    @cached_property
    def is_final(self) -> bool:
        """Ends with the punctuation that ends a sentence or announces what follows."""
        return _FINAL.search(self.text[-12:]) is not None

    @property
    def begins_a_list(self) -> bool:
        """Carries a marker that can be the first of a list: a bullet, 1, a or i."""
        return self.marker > 0 and _FIRST_ITEM.match(self.text) is not None


def lines_of(text: str) -> list[Line]:
    """All lines of a text in order, blank ones too (``text`` is then empty)."""
    lines = []
    position = 0
    for raw in text.splitlines(keepends=True):
        content = raw.strip()
        indent = len(raw) - len(raw.lstrip()) if content else 0
        start = position + indent
        lines.append(Line(start, start + len(content), content, indent))
        position += len(raw)
    return lines


def wrap_width(lines: list[Line]) -> int:
    """The width at which a text was wrapped by hand, in characters; 0 when its lines are not wrapped.

    A text is wrapped when most of its long lines that have a line below them end where the next word
    would not have fitted, and lines go on in the middle of sentences.
    """
    pairs = [
        (above.text, below.text)
        for above, below in pairwise(lines)
        if len(above.text) >= _LONG and below.text and not (above.is_rule or below.is_rule or below.marker)
    ]
    if len(pairs) < 2:
        return 0
    width = sorted(len(above) for above, _ in pairs)[len(pairs) * 19 // 20]
    full = sum(_reach(above, below) >= _FULL * width for above, below in pairs)
    amid = sum(below[0].isalpha() and not below[0].isupper() for _, below in pairs)
    return width if width <= _WIDEST and full >= 0.6 * len(pairs) and amid >= 0.3 * len(pairs) else 0


def continues(above: Line, below: Line, width: int) -> bool:
    """Whether ``below`` goes on with the sentence or paragraph of ``above``; ``width``: see `wrap_width`."""
    if width and _reach(above.text, below.text) >= _FULL * width:
        return True
    return len(above.text) >= _LONG and not above.is_final and below.text[0].islower()


def _reach(above: str, below: str) -> int:
    """How long a line would have been with the next line's first word."""
    space = below.find(" ", 0, _LONG)
    return len(above) + 1 + (min(len(below), _LONG) if space < 0 else space)
