"""What is embedded of a passage."""

import hashlib

from documents import Passage

# Raise it when a passage is given to the embedder in another form: old vectors are then not taken over.
EMBEDDED = 2


def embedded_texts(passage: Passage) -> list[str]:
    """What is embedded of a passage: all its sentences together, then each of them, the context in front.

    What lies between the sentences (drawn lines, indentation) says nothing.
    """
    front = f"{passage.context}\n" if passage.context else ""
    sentences = [passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences]
    return [front + " ".join(sentences), *(front + sentence for sentence in sentences)]


def key(passage: Passage) -> bytes:
    """Equal for passages of which the same texts are embedded, wherever they stand."""
    return hashlib.sha256(repr(embedded_texts(passage)).encode("utf-8", "surrogatepass")).digest()
