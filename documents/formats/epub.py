"""EPUB books: the chapters in reading order."""

from __future__ import annotations

import posixpath
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from documents.composition import Composition, one_line
from documents.dates import iso_date
from documents.document import Metadata
from documents.formats.archive import checked_zip
from documents.reading import Limits, Reading, Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """All chapters as one text; headings become sections, title and author are those the book gives."""
    from lxml import etree

    try:
        with checked_zip(data, limits) as archive:
            return _book(archive)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"damaged, or no book: {error}") from error
    except (BadZipFile, KeyError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"damaged, or no book: {error}".replace('"', "")) from error


def _book(archive: ZipFile) -> Reading:
    from documents.formats.html import decoded, parsed
    from documents.formats.markup import MarkupWriter

    _refuse_encrypted(archive)
    container = _xml(archive, "META-INF/container.xml")
    roots = container.xpath("//*[local-name()='rootfile']/@full-path")
    if not roots:
        raise Unreadable("damaged, or no book: its container names no package")
    package = _xml(archive, str(roots[0]))
    composition = Composition()
    about = _first(package, "description")
    if about:
        MarkupWriter(composition).write(parsed(about))
    for chapter in _chapters(package, str(roots[0])):
        html = decoded(archive.read(chapter))
        if html.strip():
            MarkupWriter(composition).write(parsed(html))
    written = _first(package, "date")
    published = iso_date(written)
    authors = [one_line(found) for found in package.xpath("//*[local-name()='creator']/text()")]
    language = (_first(package, "language") or "").strip().lower()[:2]
    return Reading(
        composition.text,
        title=one_line(_first(package, "title") or "") or None,
        metadata=Metadata(
            published=published,
            published_original=written if published and written != published else None,
            author=", ".join(dict.fromkeys(author for author in authors if author)) or None,
            language=language if language.isalpha() and language not in ("un", "zx") else None,
        ),
        sections=tuple(composition.sections),
    )


def _chapters(package: _Element, root: str) -> list[str]:
    """The names of the chapters' files in reading order, the table of contents left out."""
    items = {item.get("id"): item for item in package.xpath("//*[local-name()='manifest']/*")}
    chapters = []
    for reference in package.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES:
            continue
        if "nav" not in (item.get("properties") or "").split():
            chapters.append(
                posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(item.get("href", ""))))
            )
    return list(dict.fromkeys(chapters))


def _first(package: _Element, name: str) -> str | None:
    found = package.xpath(f"//*[local-name()='metadata']/*[local-name()='{name}']/text()")
    return str(found[0]).strip() if found else None


def _xml(archive: ZipFile, name: str) -> _Element:
    from lxml import etree

    # No entities, no network: a book's own files are all there is to it.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(archive.read(name), parser=parser)
    if root is None:
        raise Unreadable(f"damaged, or no book: {name} is no XML")
    return root


def _refuse_encrypted(archive: ZipFile) -> None:
    if "META-INF/encryption.xml" in archive.namelist():
        methods = _xml(archive, "META-INF/encryption.xml").xpath(
            "//*[local-name()='EncryptionMethod']/@Algorithm"
        )
        if any(str(method) not in _FONTS for method in methods):
            raise Unreadable("encrypted: it opens in the program of its seller only")
