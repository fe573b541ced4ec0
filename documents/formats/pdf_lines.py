"""The lines of a PDF's page, from the characters that PDFium finds on it."""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

# PDFium marks with U+FFFE, earlier with U+0002, a hyphen that ends a line.
_LINE_END_HYPHENS = frozenset((0xFFFE, 0x0002))
HYPHEN = "\N{SOFT HYPHEN}"  # our own mark for it, at the end of a line only
# Where the fonts of TeX keep their ligatures, which PDFium takes over when a font does not name them.
_LIGATURES = {
    0x0B: 0xFB00, 0x0C: 0xFB01, 0x0D: 0xFB02, 0x0E: 0xFB03, 0x0F: 0xFB04,
    0x1B: 0xFB00, 0x1C: 0xFB01, 0x1D: 0xFB02, 0x1E: 0xFB03, 0x1F: 0xFB04,
}  # fmt: skip
_LINE_ENDS = (0x0A, 0x0D)
_REMOVED = frozenset((0x00AD, 0x200B, 0x2060, 0xFEFF, 0xFFFD))
_PRESENTATION = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0a8": "◦", "\uf0d8": "➢", "\uf0fc": "✓", "\uf076": "❖"}
_NOTE_MARK = re.compile(r"\d{1,3}")
_WORD_END = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?)\]”’\"])$")
_BOLD = re.compile(rb"bold|black|heavy|-bd|cmbx|sfbx|medi\b")
_COLUMN_GAP = 1.5  # em: so far apart stand the cells of a table, not words
_SAME_LINE = 0.5  # em: so far up or down stand an index and a power from their line
_RAISED = 0.15


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read, in points of a page turned so that its text runs to the right.

    ``base`` is the height of its baseline, growing upwards. ``turn`` counts the quarter turns of the
    text. ``text`` parts cells with tabs; a hyphen that only the line's end asked for is U+00AD.
    ``first`` is the width of its first word. ``bold``: most of it is. ``cells``: what a tab parts.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    turn: int = 0
    page: int = 0
    first: float = 0.0
    cells: tuple["Line", ...] = ()


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    turn: int
    spaced: bool  # white space stands before it

    def takes(self, left: float, base: float, last: float) -> bool:
        """Whether a character that begins here goes on with this word; ``last``: where that before does."""
        near = self.left - 0.5 * self.size <= left <= last + 2 * self.size
        return near and abs(base - self.base) <= _RAISED * self.size


@dataclass(slots=True)
class _Row:
    words: list[_Word] = field(default_factory=list)
    size: float = 0.0
    base: float = 0.0
    right: float = 0.0

    def takes(self, word: _Word) -> bool:
        """Whether a word goes on with this line."""
        if not self.words or word.turn != self.words[0].turn:
            return not self.words
        if abs(word.base - self.base) > _SAME_LINE * max(self.size, word.size):
            return False
        return word.left >= self.right - 0.5 * self.size

    def add(self, word: _Word) -> None:
        if word.size > self.size or not self.words:
            self.size, self.base = word.size, word.base
        self.right = max(self.right, word.right) if self.words else word.right
        self.words.append(word)


def page_lines(text_page: Any, page: int) -> list[Line]:
    """The lines of a page (a ``PdfTextPage`` of pypdfium2) in the order in which they are drawn.

    Text that runs in another direction than most of the page comes last.
    """
    rows: list[_Row] = []
    for word in _words(text_page):
        if not rows or not rows[-1].takes(word):
            rows.append(_Row())
        rows[-1].add(word)
    lines = [line for line in map(_line, rows) if line.text.strip(HYPHEN + " \t")]
    turns = [line.turn for line in lines for _ in line.text]
    usual = max(set(turns), key=turns.count, default=0)
    return [
        replace(line, page=page, cells=tuple(replace(cell, page=page) for cell in line.cells))
        for line in sorted(lines, key=lambda line: line.turn != usual)
    ]


def _words(text_page: Any) -> Iterator[_Word]:
    glyphs = _Glyphs(text_page.raw)
    word: _Word | None = None
    spaced = False
    last = (0, 0.0)  # the word's last character, and where it begins
    for at, character, x, y in glyphs:
        left, base = _turned(x, y, word.turn) if word and word.turn else (x, y)
        space = character in (" ", "\n")
        if word and (space or not word.takes(left, base, last[1])):
            word.right = glyphs.right(last[0], word.turn)
            yield word
            word = None
        if space:
            spaced = spaced or character == " "
        elif word:
            word.text += character
            last = at, left
        else:
            word = glyphs.word(at, character, x, y, spaced=spaced)
            last = at, word.left
            spaced = False
    if word:
        word.right = glyphs.right(last[0], word.turn)
        yield word


class _Glyphs:
    """The characters of a page: which, what, and where they begin, unturned; " " and "\\n" are nowhere.

    Characters that are no text are left out.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._fonts: dict[int | None, tuple[float, bool]] = {}

    def __iter__(self) -> Iterator[tuple[int, str, float, float]]:
        import pypdfium2.raw as pdfium

        raw, unicode_of, origin_of = self._raw, pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetCharOrigin
        x, y = ctypes.c_double(), ctypes.c_double()
        known: dict[int, str] = {}
        high = 0
        for at in range(pdfium.FPDFText_CountChars(raw)):
            code = unicode_of(raw, at)
            if 0xD800 <= code < 0xE000:
                if code < 0xDC00:
                    high = code
                    continue
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
                high = 0
            elif code in _LIGATURES and pdfium.FPDFText_HasUnicodeMapError(raw, at) == 1:
                code = _LIGATURES[code]
            character = known.get(code)
            if character is None:
                character = known[code] = _character(code)
            if character in (" ", "\n"):
                yield at, character, 0.0, 0.0
            elif character:
                origin_of(raw, at, x, y)
                yield at, character, x.value, y.value

    def word(self, at: int, character: str, x: float, y: float, *, spaced: bool) -> _Word:
        """The word that begins with a character."""
        import pypdfium2.raw as pdfium

        turn = _turn(pdfium.FPDFText_GetCharAngle(self._raw, at))
        left, base = _turned(x, y, turn)
        drawn = ctypes.cast(pdfium.FPDFText_GetTextObject(self._raw, at), ctypes.c_void_p).value
        if drawn is None or drawn not in self._fonts:
            self._fonts[drawn] = _font(self._raw, at)
        size, bold = self._fonts[drawn]
        return _Word(character, left, left, base, size, bold, turn, spaced)

    def right(self, at: int, turn: int) -> float:
        """Where a character ends."""
        import pypdfium2.raw as pdfium

        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._raw, at, box)
        return max(_turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0])


def _character(code: int) -> str:
    """A character as it enters the text; empty where it has none to give."""
    if code in _LINE_END_HYPHENS:
        return HYPHEN
    if code in _LINE_ENDS:
        return "\n"
    if code in _REMOVED or code > 0x10FFFF:
        return ""
    if 0x80 <= code < 0xA0:
        # What Unicode keeps for control codes are quotation marks and dashes of Windows.
        return bytes((code,)).decode("cp1252", "ignore")
    character = chr(code)
    if character.isspace():
        return " "
    return character if code >= 0x20 and code != 0x7F else ""


def _font(raw: Any, at: int) -> tuple[float, bool]:
    """The size of a character in points, as the page shows it, and whether its font is bold."""
    import pypdfium2.raw as pdfium

    size = pdfium.FPDFText_GetFontSize(raw, at)
    matrix = pdfium.FS_MATRIX()
    if pdfium.FPDFText_GetMatrix(raw, at, matrix):
        size *= math.hypot(matrix.b, matrix.d) or 1.0
    size = size if math.isfinite(size) else 1.0
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(raw, at, name, len(name), ctypes.c_int())
    bold = _BOLD.search(name.value.lower()) is not None or pdfium.FPDFText_GetFontWeight(raw, at) >= 600
    return round(min(max(size, 0.5), 1_000.0), 1), bold


def _turn(angle: float) -> int:
    return round(angle / (math.pi / 2)) % 4 if math.isfinite(angle) else 0


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point of a page that is turned back by so many quarters."""
    return ((x, y), (-y, x), (-x, -y), (y, -x))[turn]


def _line(row: _Row) -> Line:
    cells: list[list[_Word]] = [[row.words[0]]]
    for above, word in pairwise(row.words):
        if word.left - above.right > _COLUMN_GAP * row.size:
            cells.append([])
        cells[-1].append(word)
    whole = _cell(row, row.words)
    if len(cells) == 1:
        return whole
    parts = tuple(_cell(row, words) for words in cells)
    return replace(whole, text="\t".join(cell.text for cell in parts if cell.text), cells=parts)


def _cell(row: _Row, words: list[_Word]) -> Line:
    parts = [words[0].text]
    for above, word in pairwise(words):
        if word.spaced or word.left - above.right > 0.25 * row.size:
            parts += " ", word.text
        elif _is_note_mark(word, row, above.text):
            parts.append(f"[{word.text}]")
        else:
            parts.append(word.text)
    text = _cleaned("".join(parts))
    return Line(
        text=text[:-1].replace(HYPHEN, "-") + text[-1:],
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        base=row.base,
        size=row.size,
        bold=2 * sum(len(word.text) for word in words if word.bold) > sum(len(word.text) for word in words),
        turn=words[0].turn,
        first=words[0].right - words[0].left,
    )


def _is_note_mark(word: _Word, row: _Row, before: str) -> bool:
    """A small raised number behind a word points to a note; glued to the word it would hide it."""
    raised = word.base > row.base + _RAISED * row.size and word.size < 0.85 * row.size
    return bool(raised and _NOTE_MARK.fullmatch(word.text) and _WORD_END.search(before))


def _cleaned(text: str) -> str:
    """Ligatures and presentation forms as letters, bullets of symbol fonts as bullets, accents composed."""
    text = _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _PRIVATE.sub(
        lambda match: _BULLETS.get(match.group(), "•" if len(text) > 1 and match.start() == 0 else ""), text
    )
    return unicodedata.normalize("NFC", text).strip(" \t")
