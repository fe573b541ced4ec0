"""HTML pages: the article without the menus, banners and footers around it."""

from __future__ import annotations

import codecs
import re
from copy import deepcopy
from typing import TYPE_CHECKING

from documents.composition import Composition
from documents.decoding import UndecodableError, decode
from documents.formats.markup import MarkupWriter
from documents.formats.page import page_metadata
from documents.reading import Limits, Reading, Unreadable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE
)
# What pages call an encoding, and which one browsers then use.
_MEANT = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254", "big5": "big5hkscs",
}  # fmt: skip
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# What holds no part of an article on any page, and what is not shown.
_FRAME = (
    "//script|//style|//noscript|//template|//nav|//footer|//aside|//form|//iframe|//svg|//dialog"
    "|//*[@hidden]|//*[@role='navigation' or @role='search' or @role='dialog' or @role='alertdialog']"
    "|//*[contains(translate(@style,' ',''),'display:none')]"
)
# The same by what it is called; inside what is marked as the main part such names mean other things.
_OUTSIDE = "[not(ancestor::main) and not(ancestor::article)]"
_ROLES = f"//*[@role='banner' or @role='contentinfo' or @role='menu' or @role='menubar']{_OUTSIDE}"
_NAMED = f"//*[@class or @id][not(self::html or self::body or self::main or self::article)]{_OUTSIDE}"
_FRAME_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|cookies?|consent|sidebar|breadcrumbs?|menu|navbar|navigation|footer|share|sharing"
    r"|social|related|newsletter|promo|popup|modal|advert\w*|ads?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|BlogPosting|Report)"')
_PROSE = 100  # characters: blocks from here on are what a page is about, not its menus
# Of the page's prose an article must hold this much, or the page is no article; less where it says it is one.
_SHARE, _SHARE_DECLARED = 0.6, 0.05
# A page of fewer characters has no frame worth losing its headings for, if it does not say what it is.
_SHORT = 1_000
# Careful extraction must keep this much of what ordinary extraction keeps.
_KEPT = 0.2


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """The page's article with its headings, lists and tables; of a page that has none, all but its frame."""
    return read_text(decoded(data))


def read_text(html: str) -> Reading:
    """As `read`, for HTML that is text already."""
    tree = parsed(html)
    title, metadata = page_metadata(tree)
    composition = _body(tree)
    return Reading(composition.text, title=title, metadata=metadata, sections=tuple(composition.sections))


def decoded(data: bytes) -> str:
    """The text of an HTML file: what its bytes show counts more than what it says of its encoding."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)) and b"\0" not in data:
        said = _DECLARED.search(data[:8_192])
        for encoding in ("utf-8", said[1].decode() if said else "utf-8"):
            try:
                name = codecs.lookup(encoding).name
                return data.decode(_MEANT.get(name, name))
            except (UnicodeDecodeError, LookupError):
                continue
    try:
        return decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error


def parsed(html: str) -> HtmlElement:
    """The tree of an HTML page. `Unreadable`: there is nothing in it."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return document_fromstring(_DECLARATION.sub("", html.replace("\0", "\ufffd"), count=1), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable("holds no HTML") from error


def _body(tree: HtmlElement) -> Composition:
    """The page's article; where it has none, or too little was found, the page without its frame."""
    declared = _is_article(tree)
    article, whole = _extracted(tree, careful=declared), _whole(tree)
    if not declared:
        small = not article.characters or whole.characters < _SHORT
        small = small or _prose(article) < _SHARE * _prose(whole)
        return whole if small else article
    if _prose(article) < _SHARE * _prose(whole):
        ordinary = _extracted(tree, careful=False)
        article = ordinary if article.characters < _KEPT * ordinary.characters else article
    small = not article.characters or _prose(article) < _SHARE_DECLARED * _prose(whole)
    return whole if small else article


def _is_article(tree: HtmlElement) -> bool:
    """Whether the page says that it is one article."""
    kinds = {str(kind).lower() for kind in tree.xpath("//meta[@property='og:type']/@content")}
    linked = "\n".join(tree.xpath("//script[@type='application/ld+json']/text()"))
    return "article" in kinds or bool(_ARTICLE.search(linked)) or len(tree.xpath("//article")) == 1


def _extracted(tree: HtmlElement, *, careful: bool) -> Composition:
    """What trafilatura takes for the page's article; ``careful``: rather too little than too much."""
    from trafilatura import bare_extraction

    composition = Composition()
    found = bare_extraction(
        deepcopy(tree),
        include_comments=False,
        include_formatting=True,
        favor_precision=careful,
    )
    body = getattr(found, "body", None)
    if body is not None:
        MarkupWriter(composition, headings_in_html=False).write(body)
    return composition


def _whole(tree: HtmlElement) -> Composition:
    """The page without what is a frame on every page."""
    tree = deepcopy(tree)
    for element in [*tree.xpath(_FRAME), *tree.xpath(_ROLES)]:
        _drop(element)
    for element in tree.xpath(_NAMED):
        if _FRAME_NAMES.search(f"{element.get('class', '')} {element.get('id', '')}"):
            _drop(element)
    composition = Composition()
    MarkupWriter(composition).write(tree)
    return composition


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _prose(composition: Composition) -> int:
    return sum(len(block) for block in composition.text.split("\n\n") if len(block) >= _PROSE)
