"""RSS and Atom feeds, whose entries become documents; any other XML as its plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.composition import Composition, one_line, row_text
from documents.dates import iso_date
from documents.document import Metadata
from documents.formats.markup import text_of
from documents.reading import Attachment, Limits, Reading, Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

_TEXTS = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "date", "issued", "updated")


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """The entries of a feed; of other XML, the text of each innermost element on a line of its own."""
    from lxml import etree

    # Entities are left as they are: one can stand for millions of characters, or for another file.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"damaged, or no XML: {error.msg}") from error
    entries = root.xpath("//*[local-name()='item' or local-name()='entry']")
    if _name(root) in ("rss", "feed", "RDF") and entries:
        attachments = [_entry(entry, at) for at, entry in enumerate(entries, 1)]
        return Reading(_first(root, "title"), attachments=tuple(attachments))
    composition = Composition()
    for text in _texts(root):
        composition.paragraph(text)
    return Reading(composition.text)


def _texts(element: _Element) -> Iterator[str]:
    """The texts of the elements that hold some themselves; of a record, one line with its fields' names."""
    if _holds_text(element):
        yield text_of(element)
        return
    children = [child for child in element if isinstance(child.tag, str)]
    names = [_name(child) for child in children]
    if len(set(names)) == len(names) > 1 and all(_holds_text(child) and not len(child) for child in children):
        yield row_text(names, [text_of(child) for child in children])
        return
    for child in children:
        yield from _texts(child)


def _holds_text(element: _Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _entry(entry: _Element, number: int) -> Attachment:
    from documents.formats.html import parsed
    from documents.formats.markup import MarkupWriter

    title = one_line(_first(entry, "title"))
    composition = Composition()
    composition.heading(title, 1)
    html = next((found for found in (_first(entry, name) for name in _TEXTS) if found.strip()), "")
    if html.strip():
        MarkupWriter(composition).write(parsed(html))
    written = next((found for found in (_first(entry, name) for name in _DATES) if found), "")
    published = iso_date(written)
    url = _first(entry, "link").strip() or str(next(iter(entry.xpath("*[local-name()='link']/@href")), ""))
    reading = Reading(
        composition.text,
        title=title or None,
        metadata=Metadata(
            published=published,
            published_original=written if published and written != published else None,
            author=one_line(_first(entry, "creator") or _first(entry, "author")) or None,
            url=url if url.startswith(("http://", "https://")) else None,
        ),
        sections=tuple(composition.sections),
    )
    return Attachment(f"{number}", reading)


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _first(element: _Element, name: str) -> str:
    found = element.xpath(f"(*|*[local-name()='channel']/*)[local-name()='{name}']")
    return "".join(found[0].itertext()) if found else ""
