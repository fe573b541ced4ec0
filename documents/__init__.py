"""What a document is: reading files, sentences, passages.

This room knows nothing of vectors, indexes or HTTP.
"""

from documents.assembly import text_document
from documents.document import Document, Metadata, Section, Span
from documents.folder import read_folder
from documents.passage import Passage
from documents.reader import Reader, Unread, read_file
from documents.reading import Attachment, Limits, Reading, Unreadable
from documents.refusal import Refusal
from documents.sentences import sentences
from documents.splitting import split

__all__ = [
    "Attachment",
    "Document",
    "Limits",
    "Metadata",
    "Passage",
    "Reader",
    "Reading",
    "Refusal",
    "Section",
    "Span",
    "Unread",
    "Unreadable",
    "read_file",
    "read_folder",
    "sentences",
    "split",
    "text_document",
]
