"""What surrounds a text without being part of it: the menus of a saved web page, a Markdown file's fields.

It stays in the canonical text; only passages are made without it.
"""

import re
from itertools import groupby

from documents.document import Document
from documents.front_matter import front_matter
from documents.lines import Line
from documents.metadata import is_menu, is_navigation

_SHORT = 40
_LONGEST = 60
_UNMISTAKABLE = re.compile(
    r"(?:go|skip|jump) to (?:the )?(?:main )?(?:content|navigation|search)", re.IGNORECASE
)


def without_frame(document: Document, lines: list[Line]) -> list[Line]:
    """The document's lines, those of its frame left blank; all as they are if nothing else remained."""
    if document.metadata.media_type == "text/markdown":
        begin, end = front_matter(document.text)[1], len(document.text)
    elif document.metadata.media_type == "text/plain":
        begin, end = _top(lines), _bottom(lines)
    else:
        return lines
    inner = [line for line in lines if line.text and begin <= line.start < end]
    if not inner:
        return lines
    return [
        line if not line.text or begin <= line.start < end else Line(line.start, line.start, "")
        for line in lines
    ]


def _top(lines: list[Line]) -> int:
    """Where the text begins below the menus: runs of lines that read like one, two such lines at least."""
    end = found = 0
    for filled, group in groupby(lines, key=lambda line: bool(line.text)):
        if not filled:
            continue
        run = list(group)
        menu = [line for line in run if _is_menu(line.text)]
        short = len(run) >= 3 and all(len(line.text) <= _SHORT and line.text.count(" ") < 3 for line in run)
        if len(menu) == len(run) or (short and len(menu) >= 2):
            found += 2 if any(_UNMISTAKABLE.match(line.text) for line in run) else len(menu)
            end = run[-1].end
        else:
            break
    return end if found >= 2 else 0


def _is_menu(text: str) -> bool:
    return is_menu(text) or (len(text) <= _LONGEST and is_navigation(text))


def _bottom(lines: list[Line]) -> int:
    """Where the text ends above the lines of a menu."""
    end = lines[-1].end if lines else 0
    for line in reversed(lines):
        if line.text and not is_menu(line.text):
            return end
        end = line.start
    return end
