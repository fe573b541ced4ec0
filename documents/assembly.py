"""From what a reader found to a document: title, date, language and headings that the text shows itself."""

import re
from dataclasses import replace

from documents.document import Document, Metadata, Section
from documents.lines import lines_of
from documents.markdown import markdown_sections
from documents.metadata import published_of, title_of
from documents.reading import Reading
from documents.sentences import is_chinese
from documents.structure import plain_sections

# What neither a file nor a database can hold as text.
_UNFIT = re.compile("[\0\ud800-\udfff]")


def text_document(doc_id: str, text: str, source_sha256: str, media_type: str = "text/plain") -> Document:
    """The document that a plain or Markdown text makes, with the title, date and headings it shows."""
    return assembled(Reading(text), doc_id, source_sha256, media_type)


def assembled(reading: Reading, doc_id: str, source_sha256: str, media_type: str) -> Document:
    """The document that a reading makes. What the format did not say is looked for in the text."""
    text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", reading.text)
    lines = lines_of(text)
    sections: tuple[Section, ...] = reading.sections
    if media_type == "text/markdown":
        sections = markdown_sections(text)
    elif media_type == "text/plain":
        sections = plain_sections(lines)
    said = reading.metadata
    return Document(
        doc_id=doc_id,
        title=reading.title or title_of(lines, sections, doc_id),
        text=text,
        source_sha256=source_sha256,
        metadata=replace(
            said,
            published=said.published or published_of(lines),
            language=said.language or ("zh" if is_chinese(text) else None),
            media_type=media_type if said.media_type == Metadata().media_type else said.media_type,
        ),
        pages=reading.pages,
        sections=sections,
    )
