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

    def takes(self, glyph: "_Glyph") -> bool:
        """Whether a character goes on with this word."""
        return (
            glyph.turn == self.turn
            and abs(glyph.base - self.base) <= _RAISED * self.size
            and self.left - 0.5 * self.size <= glyph.left <= self.right + self.size
        )


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
    word: _Word | None = None
    spaced = False
    for glyph in _glyphs(text_page.raw):
        if word and (glyph.character.isspace() or not word.takes(glyph)):
            yield word
            word = None
        if glyph.character.isspace():
            spaced = spaced or glyph.character == " "
        elif word:
            word.text += glyph.character
            word.right = max(word.right, glyph.right)
        else:
            size, bold = _font(text_page.raw, glyph.at)
            word = _Word(glyph.character, glyph.left, glyph.right, glyph.base, size, bold, glyph.turn, spaced)
            spaced = False
    if word:
        yield word


@dataclass(slots=True)
class _Glyph:
    at: int
    character: str  # more than one where a glyph stands for them; "\n" or " " for any white space
    left: float = 0.0
    right: float = 0.0
    base: float = 0.0
    turn: int = 0


def _glyphs(raw: Any) -> Iterator[_Glyph]:
    """The characters of a page with their places; those that are no text are left out."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    high = 0
    for at in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, at)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code in _LIGATURES and pdfium.FPDFText_HasUnicodeMapError(raw, at) == 1:
            code = _LIGATURES[code]
        character = _character(code)
        if character.isspace():
            yield _Glyph(at, character)
        elif character:
            pdfium.FPDFText_GetCharOrigin(raw, at, x, y)
            pdfium.FPDFText_GetLooseCharBox(raw, at, box)
            turn = _turn(pdfium.FPDFText_GetCharAngle(raw, at))
            left, base = _turned(x.value, y.value, turn)
            ends = _turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0]
            yield _Glyph(at, character, left, max(ends), base, turn)


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
