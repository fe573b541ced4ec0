"""Whether a generation can be read here: by which libraries it was written, and by which words."""

from importlib.metadata import version

from documents import Refusal
from index import words
from index.generation import Generation

# What reads a generation's files, or must treat a question's words as it treated those of the passages.
_LIBRARIES = ("bm25s", "faiss-cpu", "PyStemmer")


def libraries() -> dict[str, str]:
    """The versions that are installed here."""
    return {name: version(name) for name in _LIBRARIES}


def refuse_misfit(generation: Generation) -> None:
    """Refusal: the generation was written by another release of a library, or by other rules for words."""
    made_by = generation.manifest["libraries"]
    for name, here in libraries().items():
        made = made_by.get(name, "")
        if _release(made) != _release(here):
            raise _misfit(generation, f"with {name} {made}, here is {here}")
    if generation.manifest["settings"]["words"] != words.VERSION:
        raise _misfit(generation, "by other rules for words")


def _release(number: str) -> list[str]:
    """The part of a version that changes with what its files look like."""
    return number.split(".")[:2]


def _misfit(generation: Generation, reason: str) -> Refusal:
    return Refusal(
        f"the generation {generation.id} was built {reason}; rebuild the index, which keeps its vectors: "
        f"pincite rebuild --documents {generation.source.folder if generation.source else 'FOLDER'}"
    )
