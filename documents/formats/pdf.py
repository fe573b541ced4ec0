"""PDF: the text layer, page by page, as paragraphs.

Canonical text of a PDF is ours to make: lines are joined to paragraphs and words that a line's end has
parted to words, ligatures are letters, and of what is printed on every page again (running heads and
feet, page numbers) only the first stays.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

from documents.composition import Composition
from documents.document import Metadata
from documents.formats.pdf_headings import Bookmark, mark_headings
from documents.formats.pdf_layout import PAGE_BREAK, Block, Words, blocks_of, marker_of, without_furniture
from documents.formats.pdf_lines import Line, page_lines
from documents.formats.pdf_order import in_reading_order
from documents.formats.pdf_tables import with_headers
from documents.formats.properties import author_said, date_said, title_said
from documents.lines import lines_of
from documents.metadata import published_of
from documents.reading import Attachment, Limits, Reading, Unreadable

_MOST_BOOKMARKS = 5_000


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The text of a PDF with its pages, headings and embedded files.

    `Unreadable`: it needs a password, is no PDF, is too large, or holds only images.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable("encrypted: it opens with a password only") from error
        raise Unreadable("damaged, or not a PDF: it cannot be opened") from error
    try:
        return _reading(pdf, name, limits)
    finally:
        pdf.close()


def _reading(pdf: Any, name: str, limits: Limits) -> Reading:
    count = len(pdf)
    if count > limits.pages:
        raise Unreadable(f"has more than the limit of {limits.pages:,} pages")
    pages, images = _pages(pdf, count, limits)
    attachments = _attachments(pdf, limits)
    if not any(pages) and not attachments:
        if count == 0:
            raise Unreadable("damaged: it has no pages")
        only = "holds only images, no text; run it through text recognition (OCR) first"
        raise Unreadable(only if images else "holds no text")
    pages = without_furniture(pages)
    words = Words(pages)
    blocks = with_headers(blocks_of(pages))
    texts = [words.joined(block.lines) for block in blocks]
    mark_headings(blocks, [text.replace(PAGE_BREAK, "") for text in texts], _bookmarks(pdf))
    composition = _composed(blocks, texts, count)
    text = composition.text
    said = pdf.get_metadata_dict()
    return Reading(
        text=text,
        title=title_said(said.get("Title"), text, name) or _shown_title(blocks, texts),
        metadata=Metadata(
            published=published_of(lines_of(text)) or date_said(said.get("CreationDate")),
            author=author_said(said.get("Author")),
        ),
        sections=tuple(composition.sections),
        pages=tuple(composition.pages),
        attachments=attachments,
    )


def _pages(pdf: Any, count: int, limits: Limits) -> tuple[list[list[Line]], bool]:
    """The lines of each page in reading order, and whether a page without any shows an image."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    pages: list[list[Line]] = []
    images = False
    characters = broken = 0
    for number in range(count):
        lines: list[Line] = []
        try:
            page = _page(pdf, number)
        except pypdfium2.PdfiumError:
            broken += 1  # a page that cannot be opened is an empty one
        else:
            with contextlib.closing(page):
                with contextlib.closing(page.get_textpage()) as text_page:
                    lines = in_reading_order(page_lines(text_page, number))
                if not lines and not images:
                    found = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
                    images = next(iter(found), None) is not None
        characters += sum(len(line.text) for line in lines)
        if characters > limits.characters:
            raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")
        pages.append(lines)
    if broken and broken == count:
        raise Unreadable("damaged: none of its pages can be opened")
    return pages, images


def _page(pdf: Any, number: int) -> Any:
    """A page; what is filled into the fields of a form is part of it."""
    import pypdfium2.raw as pdfium

    page = pdf[number]
    if pdf.get_formtype() == pdfium.FORMTYPE_NONE:
        return page
    with contextlib.closing(page):
        pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    return pdf[number]  # opened anew: a page that is open does not show what became part of it


def _composed(blocks: Sequence[Block], texts: Sequence[str], count: int) -> Composition:
    composition = Composition()
    page = -1
    for block, text in zip(blocks, texts, strict=True):
        while page < block.lines[0].page:
            composition.page()
            page += 1
        whole = text.replace(PAGE_BREAK, "")
        if block.kind == "heading":
            composition.heading(whole, block.level)
        elif block.kind == "item":
            marker = marker_of(whole)
            composition.item(whole.removeprefix(marker), marker=marker.strip())
        else:
            composition.paragraph(whole)
        rest = text
        while PAGE_BREAK in rest:  # a page begins inside the block
            rest = rest.partition(PAGE_BREAK)[2]
            composition.pages.append(composition.characters - len(rest.replace(PAGE_BREAK, "")))
            page += 1
    while page < count - 1:
        composition.page()
        page += 1
    composition.finish()
    return composition


def _shown_title(blocks: Sequence[Block], texts: Sequence[str]) -> str | None:
    """The largest heading of the first page, if nothing in the document is larger."""
    headings = [(block, text) for block, text in zip(blocks, texts, strict=True) if block.kind == "heading"]
    largest = max((block.size for block, _ in headings), default=0.0)
    first = next(((block, text) for block, text in headings if block.size == largest), None)
    return " ".join(first[1].split()) if first and first[0].lines[0].page == 0 else None


def _bookmarks(pdf: Any) -> list[Bookmark]:
    import pypdfium2

    bookmarks: list[Bookmark] = []
    with contextlib.suppress(pypdfium2.PdfiumError):
        for bookmark in pdf.get_toc(max_depth=6):
            target = bookmark.get_dest()
            if target is not None and target.get_index() is not None:
                bookmarks.append((bookmark.get_title(), bookmark.level + 1, target.get_index()))
            if len(bookmarks) >= _MOST_BOOKMARKS:
                break
    return bookmarks


def _attachments(pdf: Any, limits: Limits) -> tuple[Attachment, ...]:
    import pypdfium2

    found = []
    size = 0
    for at in range(min(pdf.count_attachments(), limits.members + 1)):
        with contextlib.suppress(pypdfium2.PdfiumError):
            attachment = pdf.get_attachment(at)
            content = bytes(attachment.get_data())
            size += len(content)
            if size > limits.expanded_bytes:
                raise Unreadable(f"unpacks to more than the limit of {limits.expanded_bytes:,} bytes")
            found.append(Attachment(attachment.get_name(), content))
    return tuple(found)
