"""Title and metadata from named fields: front matter, a sidecar file, a record."""

import re
from collections.abc import Mapping

from documents.composition import one_line
from documents.dates import iso_date
from documents.document import Metadata

# What a field may be called, in the order in which the names are looked for.
TITLE = ("title", "headline", "name", "subject")
URL = ("url", "link", "canonical_url", "source_url", "uri", "permalink", "href")
PUBLISHED = (
    *("published", "date", "datepublished", "published_at", "publication_date", "pub_date", "pubdate"),
    *("created", "created_at"),
)
AUTHOR = ("author", "authors", "byline", "creator", "by")
LANGUAGE = ("language", "lang")
_LANGUAGE = re.compile(r"[a-z]{2}(?=$|[-_])")


def described(fields: Mapping[str, object]) -> tuple[str | None, Metadata]:
    """The title and the metadata that fields give; their names are in lower case."""
    written = one_line(field(fields, PUBLISHED))
    published = iso_date(written)
    url = field(fields, URL).strip()
    language = _LANGUAGE.match(field(fields, LANGUAGE).strip().lower())
    return one_line(field(fields, TITLE)) or None, Metadata(
        published=published,
        published_original=written if published and written != published else None,
        author=one_line(field(fields, AUTHOR)) or None,
        url=url if url.startswith(("http://", "https://")) else None,
        language=language[0] if language else None,
    )


def field(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first of these fields that says something; of a list, all; of an object, its name. "" is none."""
    return next((text for text in (_said(fields.get(name)) for name in names) if text.strip()), "")


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(part for part in map(_said, value) if part)
    if isinstance(value, dict):
        name = value.get("name")
        return name if isinstance(name, str) else ""
    return "" if value is None or isinstance(value, bool) else str(value)
