"""Word: paragraphs, headings, lists, tables and notes of .docx, without its headers and footers.

The parts are read as XML, because the libraries for Word files leave out what people have inserted with
changes tracked, content controls, text boxes and notes. Deletions that are tracked, comments and tables
of contents are no part of the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from documents.composition import Composition
from documents.document import Metadata
from documents.formats.package import Package, attribute, below, child, local
from documents.formats.properties import author_said, date_said, title_said
from documents.formats.tables import put_table
from documents.formats.word_styles import Numbers, Styles
from documents.lines import lines_of
from documents.metadata import published_of
from documents.reading import Limits, Reading, Unreadable

_PAGE = "\f"
_LEFT_OUT = frozenset(
    ("del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "tblPr", "sdtPr", "Fallback",
     "rt", "annotationRef", "footnoteRef", "endnoteRef", "fldChar", "commentReference", "softHyphen")
)  # fmt: skip
_WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": _PAGE}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_LONGEST_HEADING = 150  # characters
_ENDS = tuple(".,;:。，；：")
_BULLET_FONTS = ("symbol", "wingdings", "webdings")


@dataclass(slots=True)
class _Word:
    """A Word file being read."""

    styles: Styles
    numbers: Numbers
    notes: dict[tuple[str, str], Any]
    composition: Composition = field(default_factory=Composition)
    cited: int = 0
    bold_heads: bool = False  # no style does
    title: str | None = None


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The text of a Word file; pages where Word has noted where it broke them."""
    package = Package(data, limits)
    main = package.related("", "officeDocument")
    root = package.xml(main) if main else None
    body = child(root, "body")
    if main is None or body is None:
        raise Unreadable("damaged, or not a Word file: it has no document part")
    word = _Word(
        styles=Styles(_part(package, main, "styles")),
        numbers=Numbers(_part(package, main, "numbering")),
        notes={
            (kind, attribute(note, "id") or ""): note
            for kind in ("footnotes", "endnotes")
            for note in _children(_part(package, main, kind))
            if attribute(note, "type") is None
        },
    )
    word.bold_heads = not any(word.styles.heading_level(child(p, "pPr")) for p in below(body, "p"))
    if next(below(body, "lastRenderedPageBreak"), None) is not None:
        word.composition.page()
    _put_blocks(word, body, limits)
    word.composition.finish()
    text = word.composition.text
    said = core_properties(package)
    return Reading(
        text=text,
        title=title_said(said.get("title"), text, name) or word.title,
        metadata=Metadata(
            published=published_of(lines_of(text)) or date_said(said.get("created")),
            author=author_said(said.get("creator")),
        ),
        sections=tuple(word.composition.sections),
        pages=tuple(word.composition.pages),
    )


def core_properties(package: Package) -> dict[str, str]:
    """What an Office file says of itself: title, creator, created …"""
    part = package.related("", "core-properties")
    root = package.xml(part) if part else None
    return {local(element): element.text or "" for element in _children(root)}


def _part(package: Package, main: str, kind: str) -> Any:
    name = package.related(main, kind)
    return package.xml(name) if name else None


def _children(element: Any) -> Iterator[Any]:
    return iter(()) if element is None else iter(element)


def _put_blocks(word: _Word, element: Any, limits: Limits) -> None:
    for block in element:
        kind = local(block)
        if kind == "p":
            _put_paragraph(word, block, limits)
        elif kind == "tbl":
            _put_word_table(word, block)
        elif kind == "AlternateContent":
            _put_blocks(word, _chosen(block), limits)
        elif kind not in _LEFT_OUT and kind != "sectPr":
            _put_blocks(word, block, limits)  # content controls, insertions, custom XML
        if word.composition.characters > limits.characters:
            raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")


def _put_paragraph(word: _Word, paragraph: Any, limits: Limits) -> None:
    properties = child(paragraph, "pPr")
    if word.styles.is_contents(properties):
        return
    inline = _Inline(word)
    inline.gather(paragraph)
    text = "".join(inline.parts).strip(" \t\n")
    level = word.styles.heading_level(properties)
    if level is None and word.bold_heads and _reads_as_heading(paragraph, text):
        level = 1
    listed = word.styles.list_of(properties)
    marker = word.numbers.marker(*listed) if listed and text.strip(_PAGE) else None
    if level and text.strip(_PAGE):
        numbered = f"{marker} " if marker and marker != "-" else ""
        _put(word, "heading", numbered + text.replace("\n", " "), level=level)
        if word.title is None and word.styles.is_title(properties):
            word.title = " ".join(text.replace(_PAGE, "").split())
    elif listed and marker:
        _put(word, "item", text.replace("\n", " "), depth=listed[1], marker=marker)
    else:
        _put(word, "paragraph", text)
    for note in inline.notes:
        _put(word, "paragraph", note)
    for box in inline.boxes:
        _put_blocks(word, box, limits)


def _put(word: _Word, kind: str, text: str, level: int = 1, depth: int = 0, marker: str = "-") -> None:
    """Adds a block, and where pages begin inside it."""
    composition = word.composition
    while text.startswith(_PAGE):
        composition.page()
        text = text[1:].lstrip(" \t\n")
    whole = text.replace(_PAGE, "")
    if kind == "heading":
        composition.heading(whole, level)
    elif kind == "item":
        composition.item(whole, depth, marker)
    else:
        composition.paragraph(whole)
    while _PAGE in text:
        text = text.partition(_PAGE)[2]
        rest = Composition()
        rest.paragraph(text.replace(_PAGE, "") if kind == "paragraph" else " ".join(text.split()))
        composition.pages.append(composition.characters - rest.characters)


def _reads_as_heading(paragraph: Any, text: str) -> bool:
    """Whether a line all in bold stands above other text, as where headings have no style."""
    if len(text) > _LONGEST_HEADING or text[-1:] in _ENDS or not any(c.isalpha() for c in text):
        return False
    following = paragraph.getnext()
    return _is_bold(paragraph) and local(following) in ("p", "tbl") and not _is_bold(following)


class _Inline:
    """The text of one paragraph, with the notes it cites and the text boxes that hang on it."""

    def __init__(self, word: _Word) -> None:
        self._word = word
        self.parts: list[str] = []
        self.notes: list[str] = []
        self.boxes: list[Any] = []

    def gather(self, element: Any) -> None:
        """Adds what stands in an element."""
        for part in element:
            kind = local(part)
            if kind == "t":
                self.parts.append(part.text or "")
            elif kind in _WRITTEN:
                self.parts.append(_WRITTEN[kind] if local(element) in ("r", "ins") else "")
            elif kind in _NOTES:
                self._cite(_NOTES[kind], attribute(part, "id") or "")
            elif kind == "txbxContent":
                self.boxes.append(part)
            elif kind == "AlternateContent":
                self.gather(_chosen(part))
            elif kind == "sym":
                self.parts.append(_symbol(part))
            elif kind == "docPr":
                self._describe(part)
            elif kind not in _LEFT_OUT:
                self.gather(part)

    def _cite(self, kind: str, note_id: str) -> None:
        note = self._word.notes.get((kind, note_id))
        if note is not None:
            self._word.cited += 1
            inner = _Inline(self._word)
            del self._word.notes[kind, note_id]  # a note that cites itself ends there
            for paragraph in below(note, "p"):
                inner.gather(paragraph)
                inner.parts.append(" ")
            self.parts.append(f"[{self._word.cited}]")
            self.notes += [f"[{self._word.cited}] " + "".join(inner.parts).strip(), *inner.notes]

    def _describe(self, properties: Any) -> None:
        """What was written about a picture for those who cannot see it."""
        description = " ".join((properties.get("descr") or "").split())
        if " " in description:
            self.parts.append(f" [{description}] ")


def _chosen(alternatives: Any) -> Any:
    """The same content is there for newer and for older programs: the newer's, else the older's."""
    choice = child(alternatives, "Choice")
    return alternatives if choice is None else choice


def _symbol(symbol: Any) -> str:
    code = attribute(symbol, "char") or ""
    font = (attribute(symbol, "font") or "").casefold()
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    private = "\ue000" <= character <= "\uf8ff"
    return "•" if private or font.startswith(_BULLET_FONTS) else character


def _put_word_table(word: _Word, table: Any) -> None:
    rows: list[list[str]] = []
    notes: list[str] = []
    flagged = False
    bold: list[bool] = []
    pages = 0
    for row in _inside(table, "tr"):
        cells: list[str] = []
        for cell in _inside(row, "tc"):
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            text, cell_notes = _cell_text(word, cell)
            pages += text.count(_PAGE)
            text = text.replace(_PAGE, "")
            if merge is not None and attribute(merge, "val") != "restart" and rows:
                text = rows[-1][len(cells)] if len(cells) < len(rows[-1]) else text
            notes += cell_notes
            span = attribute(child(properties, "gridSpan"), "val") or "1"
            cells += [text, *[""] * (min(int(span), 100) - 1 if span.isdecimal() else 0)]
        flagged = flagged or (not rows and child(row, "trPr", "tblHeader") is not None)
        bold.append(_is_bold(row))
        rows.append(cells)
    put_table(word.composition, rows, flagged or (len(bold) > 1 and bold[0] and not any(bold[1:])))
    for _ in range(pages):
        word.composition.page()
    for note in notes:
        word.composition.paragraph(note)


def _cell_text(word: _Word, cell: Any) -> tuple[str, list[str]]:
    """All text of a cell; that of a table inside it, row by row."""
    parts: list[str] = []
    notes: list[str] = []
    for paragraph in below(cell, "p"):
        if any(local(above) in ("txbxContent", "Fallback") for above in paragraph.iterancestors()):
            continue
        inline = _Inline(word)
        inline.gather(paragraph)
        text = "".join(inline.parts).strip()
        for box in inline.boxes:
            text += " " + " ".join(_cell_text(word, box)[0].split())
        parts.append(text)
        notes += inline.notes
    return " ".join(part for part in parts if part), notes


def _is_bold(element: Any) -> bool:
    """Whether all text of a paragraph or row is set in bold."""
    runs = [run for run in below(element, "r") if any((t.text or "").strip() for t in run if local(t) == "t")]
    return bool(runs) and all(_is_on(child(run, "rPr", "b")) for run in runs)


def _is_on(mark: Any) -> bool:
    return mark is not None and attribute(mark, "val") not in ("0", "false")


def _inside(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or cells of a row, through content controls and tracked insertions."""
    for part in element:
        kind = local(part)
        if kind == name:
            yield part
        elif kind in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo"):
            yield from _inside(part, name)
