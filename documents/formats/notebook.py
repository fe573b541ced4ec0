"""Jupyter notebooks: their words and their code, not what it printed."""

import json

from documents.composition import Composition
from documents.decoding import UndecodableError, decode
from documents.markdown import markdown_sections
from documents.reading import Limits, Reading, Unreadable


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """The cells in order, a blank line between them; headings are those of the Markdown cells."""
    try:
        notebook = json.loads(decode(data))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] in ("markdown", "code", "raw")]
        sources = [("".join(cell["source"]), cell["cell_type"]) for cell in cells]
    except (UndecodableError, ValueError, KeyError, TypeError) as error:
        raise Unreadable("damaged, or no notebook") from error
    composition = Composition()
    for source, kind in sources:
        start = composition.verbatim(source)
        if kind == "markdown":
            text = composition.text
            found = markdown_sections(text[start:])
            composition.add_sections(found, start)
    return Reading(composition.text, sections=tuple(composition.sections))
