"""What a document is: reading files, sentences, passages.

This room knows nothing of vectors, indexes or HTTP.
"""

from documents.document import Document, Metadata, Section, Span
from documents.passage import Passage
from documents.refusal import Refusal

__all__ = ["Document", "Metadata", "Passage", "Refusal", "Section", "Span"]
