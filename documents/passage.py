"""A passage: the stretch of a document that is found, ranked and cited."""

from dataclasses import dataclass

from documents.document import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document: ``document.text[start:end] == text``, always.

    ``passage_id`` is ``doc_id#start-end``. ``section`` is the path of headings above the passage,
    outermost first. ``page`` counts from 1. ``sentences`` are spans of the *document*; in order,
    without overlap, inside the passage. ``context`` is what stands in front of the text when it is
    embedded (title, headings that the text does not hold itself); it is no part of the text.
    """

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    context: str = ""
    section: tuple[str, ...] = ()
    page: int | None = None
    sentences: tuple[Span, ...] = ()
