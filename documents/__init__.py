"""What a document is: reading files, sentences, passages.

This room knows nothing of vectors, indexes or HTTP.
"""

from documents.document import Document, Metadata, Section, Span
from documents.folder import Unread, read_file, read_folder, text_document
from documents.passage import Passage
from documents.refusal import Refusal
from documents.sentences import sentences
from documents.splitting import split

__all__ = [
    "Document",
    "Metadata",
    "Passage",
    "Refusal",
    "Section",
    "Span",
    "Unread",
    "read_file",
    "read_folder",
    "sentences",
    "split",
    "text_document",
]
