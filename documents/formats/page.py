"""What an HTML page says of itself: JSON-LD, meta elements, its title."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from documents.composition import one_line
from documents.dates import iso_date
from documents.document import Metadata

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# In the order in which they are believed.
_PUBLISHED = [
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "article.published",
    "date.created",
    "article_date_original",
    "date",
]
_TITLES = ["og:title", "dc.title", "dcterms.title", "citation_title", "twitter:title"]
_AUTHORS = [
    "article:author",
    "author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "parsely-author",
    "byl",
]
_LANGUAGE = re.compile(r"[a-zA-Z]{2}(?=$|[-_])")
_SITE = re.compile(r"\s+[|·–—»•-]\s+[^|·–—»•]{1,40}$")
_BYLINE = re.compile(r"(?:written )?by:?\s+", re.IGNORECASE)
_DEPTH = 8
_LONGEST = 200


def page_metadata(tree: HtmlElement) -> tuple[str | None, Metadata]:
    """A page's title and metadata, from JSON-LD, then meta elements, then what its elements show."""
    said = dict(_said(tree))
    linked = list(_linked(tree))
    written, published = _published(tree, said, linked)
    return _title(tree, said, linked), Metadata(
        published=published,
        published_original=written if written != published else None,
        author=_author(said, linked),
        url=_url(tree, said),
        language=_language(tree, said),
    )


def _said(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """The meta elements: names in lower case, each with its first content that is not empty."""
    taken = set()
    for meta in tree.iter("meta"):
        content = one_line(meta.get("content", ""))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = meta.get(key, "").strip().lower()
            if name and content and name not in taken:
                taken.add(name)
                yield name, content


def _linked(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that describe the page's own text."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for found in _objects(data, 0):
            kinds = found.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).endswith(("Article", "Posting", "Report", "WebPage")) for kind in kinds):
                yield found


def _objects(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEPTH:
        return
    if isinstance(data, list):
        for part in data:
            yield from _objects(part, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(data.get(key), depth + 1)


def _texts(linked: list[dict[str, Any]], key: str) -> Iterator[str]:
    """The texts that objects have under a key; of a person, the name."""
    for found in linked:
        value = found.get(key)
        for part in value if isinstance(value, list) else [value]:
            text = part.get("name") if isinstance(part, dict) else part
            if isinstance(text, str) and text.strip():
                yield one_line(text)


def _title(tree: HtmlElement, said: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    from documents.formats.markup import text_of

    candidates = [*_texts(linked, "headline"), *(said[name] for name in _TITLES if name in said)]
    element = tree.find(".//title")
    if element is not None and one_line("".join(element.itertext())):
        candidates.append(one_line("".join(element.itertext())))
    tops = [text_of(heading) for heading in tree.iter("h1")]
    tops = [top for top in tops if top and len(top) <= _LONGEST]
    if not candidates:
        return tops[0] if tops else None
    title = next((top for top in tops if top in candidates[0]), candidates[0])
    return (title if title in tops else _SITE.sub("", title)) or None


def _author(said: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    names = [*_texts(linked, "author")] or [said[name] for name in _AUTHORS if name in said][:1]
    names = [_BYLINE.sub("", name) for name in names]
    kept = dict.fromkeys(name for name in names if "://" not in name and len(name) <= _LONGEST)
    return ", ".join(list(kept)[:10]) or None


def _published(
    tree: HtmlElement, said: dict[str, str], linked: list[dict[str, Any]]
) -> tuple[str | None, str | None]:
    """When the page was published: as written, and in ISO 8601."""
    written = [*_texts(linked, "datePublished"), *(said[name] for name in _PUBLISHED if name in said)]
    shown = tree.xpath("//*[@itemprop='datePublished']|//time[@pubdate]|//time[@datetime]")
    written += [element.get("datetime") or element.get("content") or "" for element in shown]
    for candidate in written:
        published = iso_date(candidate)
        if published:
            return candidate, published
    return None, _shown(tree)


def _shown(tree: HtmlElement) -> str | None:
    """The date that htmldate finds in a page's head, address or dateline, without guessing in its text."""
    from htmldate import find_date

    # The last date is fixed: what is found must not depend on the day it is looked for.
    found: str | None = find_date(
        tree, extensive_search=False, original_date=True, max_date="2100-01-01", deferred_url_extractor=False
    )
    return found


def _url(tree: HtmlElement, said: dict[str, str]) -> str | None:
    links = tree.xpath("//link[translate(@rel,'CANOIL','canoil')='canonical']/@href")
    for url in [*map(str, links), said.get("og:url", "")]:
        if url.strip().startswith(("http://", "https://")) and len(url) <= 2_000:
            return url.strip()
    return None


def _language(tree: HtmlElement, said: dict[str, str]) -> str | None:
    declared = [*tree.xpath("/html/@lang|/html/@*[local-name()='lang']"), said.get("content-language", "")]
    for language in map(str, declared):
        found = _LANGUAGE.match(language.strip())
        if found:
            return found[0].lower()
    return None
