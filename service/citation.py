"""A citation: where a passage's words stand, and how to open them again."""

from urllib.parse import quote

from documents import Document, Passage
from index import DocumentSummary
from service.models import Citation, DocumentText

CONTEXT_CHARACTERS = 300


def cite(passage: Passage, summary: DocumentSummary) -> Citation:
    """Cite a passage of the document that the summary describes."""
    return Citation(
        doc_id=passage.doc_id,
        title=summary.title,
        path=passage.doc_id,
        url=summary.metadata.url,
        published=summary.metadata.published,
        page=passage.page,
        section=list(passage.section),
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        source_sha256=summary.source_sha256,
        link=text_link(passage.doc_id, passage.start, passage.end),
    )


def text_link(doc_id: str, start: int, end: int) -> str:
    """Return the path, on this service, that opens a document at a span."""
    return f"/v1/documents/{quote(doc_id)}/text?start={start}&end={end}"


def opened_text(document: Document, start: int, end: int) -> DocumentText:
    """Return the document's words from ``start`` to ``end``, with what stands around them."""
    return DocumentText(
        doc_id=document.doc_id,
        start=start,
        end=end,
        text=document.text[start:end],
        before=document.text[max(0, start - CONTEXT_CHARACTERS) : start],
        after=document.text[end : end + CONTEXT_CHARACTERS],
        source_sha256=document.source_sha256,
    )
