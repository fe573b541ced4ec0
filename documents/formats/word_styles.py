"""What a Word file says apart from its text: styles, the numbers of lists and headings, notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from documents.formats.package import attribute, child, local

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|table of figures|index) ?\d?(?: heading)?", re.IGNORECASE)
_LEVEL = re.compile(r"%([1-9])")
_MOST_STYLES_ABOVE = 12
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str | None
    outline: int | None
    list_id: str | None
    list_level: str | None


class Styles:
    """The paragraph styles of a Word file."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, _Style] = {}
        for style in () if root is None else root:
            if local(style) == "style":
                properties = child(style, "pPr")
                self._styles[attribute(style, "styleId") or ""] = _Style(
                    name=attribute(child(style, "name"), "val") or "",
                    based_on=attribute(child(style, "basedOn"), "val"),
                    outline=_number(attribute(child(properties, "outlineLvl"), "val")),
                    list_id=attribute(child(properties, "numPr", "numId"), "val"),
                    list_level=attribute(child(properties, "numPr", "ilvl"), "val"),
                )

    def heading_level(self, properties: Any) -> int | None:
        """The level of a heading with these paragraph properties; None for other text. A title has 1."""
        outline = _number(attribute(child(properties, "outlineLvl"), "val"))
        if outline is not None:
            return outline + 1 if outline < 9 else None
        for style in self._above(attribute(child(properties, "pStyle"), "val")):
            named = _HEADING.match(style.name)
            if named:
                return int(named[1])
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
            if style.name.casefold() == "title":
                return 1
        return None

    def is_title(self, properties: Any) -> bool:
        """Whether it is the document's title."""
        return any(
            style.name.casefold() == "title"
            for style in self._above(attribute(child(properties, "pStyle"), "val"))
        )

    def is_contents(self, properties: Any) -> bool:
        """Whether it is a line of a table of contents, which only repeats headings."""
        style = self._styles.get(attribute(child(properties, "pStyle"), "val") or "")
        return style is not None and _CONTENTS.fullmatch(style.name) is not None

    def list_of(self, properties: Any) -> tuple[str, int] | None:
        """The list that a paragraph is in, and how deep, from 0."""
        list_id = attribute(child(properties, "numPr", "numId"), "val")
        level = attribute(child(properties, "numPr", "ilvl"), "val")
        for style in self._above(attribute(child(properties, "pStyle"), "val")):
            list_id = style.list_id if list_id is None else list_id
            level = style.list_level if level is None else level
        return None if list_id in (None, "0") else (str(list_id), min(_number(level) or 0, 8))

    def _above(self, style_id: str | None) -> Iterator[_Style]:
        """A style and those it is based on."""
        for _ in range(_MOST_STYLES_ABOVE):
            style = self._styles.get(style_id or "")
            if style is None:
                return
            yield style
            style_id = style.based_on


class Numbers:
    """Counts the items of a Word file's lists, as Word does when it shows them."""

    def __init__(self, root: Any) -> None:
        levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        for element in () if root is None else root:
            if local(element) == "abstractNum":
                levels[attribute(element, "abstractNumId") or ""] = dict(map(_level, _of(element, "lvl")))
            elif local(element) == "num":
                list_id = attribute(element, "numId") or ""
                self._abstract[list_id] = attribute(child(element, "abstractNumId"), "val") or ""
                for override in _of(element, "lvlOverride"):
                    start = _number(attribute(child(override, "startOverride"), "val"))
                    if start is not None:
                        self._restarts[list_id, _number(attribute(override, "ilvl")) or 0] = start
        self._levels = levels

    def marker(self, list_id: str, depth: int) -> str | None:
        """What stands before the next item: "-" for any bullet, "2.1", "c)"; None where nothing does."""
        abstract = self._abstract.get(list_id)
        levels = self._levels.get(abstract or "", {})
        if abstract is None or depth not in levels:
            return "-"
        form, pattern, start = levels[depth]
        counts = self._counts.setdefault(abstract, {})
        restart = self._restarts.pop((list_id, depth), None)
        counts[depth] = counts.get(depth, start - 1) + 1 if restart is None else restart
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        if form == "bullet":
            return "-"
        if form == "none":
            return None

        def counted(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            form, _, start = levels.get(level, ("decimal", "", 1))
            return _written(counts.get(level, start), form)

        return _LEVEL.sub(counted, pattern).strip() or None


def _level(element: Any) -> tuple[int, tuple[str, str, int]]:
    form = attribute(child(element, "numFmt"), "val") or "decimal"
    pattern = attribute(child(element, "lvlText"), "val") or ""
    start = _number(attribute(child(element, "start"), "val"))
    return _number(attribute(element, "ilvl")) or 0, (form, pattern, 1 if start is None else start)


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < number < 5_000:
        numeral = ""
        for value, sign in _ROMAN:
            numeral += sign * (number // value)
            number %= value
        return numeral.upper() if form == "upperRoman" else numeral
    return str(number)


def _of(element: Any, name: str) -> Iterator[Any]:
    return (found for found in element if local(found) == name)


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"\d{1,6}", value) else None
