"""PowerPoint: one page a slide, its title a heading, then its text from top to bottom, then its notes."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from documents.composition import Composition
from documents.document import Metadata
from documents.formats.package import Package, below, parsed
from documents.formats.properties import author_said, date_said, title_said
from documents.formats.tables import put_table
from documents.formats.word import core_properties
from documents.lines import lines_of
from documents.metadata import published_of
from documents.reading import Limits, Reading, Unreadable

_BAND = 360_000  # EMU, a centimetre: what begins within it stands side by side
_DEEPEST_GROUP = 20
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The text of a presentation. Numbers, dates and feet of slides are left out."""
    from lxml import etree
    from pptx.exc import PythonPptxError

    package = Package(data, limits)
    try:
        return _reading(data, package, name, limits)
    except (PythonPptxError, KeyError, zipfile.BadZipFile) as error:
        raise Unreadable("damaged, or not a PowerPoint file: its slides cannot be found") from error
    except etree.LxmlError as error:
        raise Unreadable("damaged: one of its parts is no well-formed XML") from error


def _reading(data: bytes, package: Package, name: str, limits: Limits) -> Reading:
    import pptx

    try:
        slides = list(pptx.Presentation(io.BytesIO(data)).slides)
    except (AttributeError, ValueError) as error:
        raise Unreadable("damaged, or not a PowerPoint file: its slides cannot be found") from error
    if len(slides) > limits.pages:
        raise Unreadable(f"has more than the limit of {limits.pages:,} slides")
    composition = Composition()
    first = None
    for slide in slides:
        composition.page()
        title = _put_slide(composition, slide)
        first = first or title
        if composition.characters > limits.characters:
            raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")
    composition.finish()
    text = composition.text
    said = core_properties(package)
    return Reading(
        text=text,
        title=title_said(said.get("title"), text, name) or first,
        metadata=Metadata(
            published=published_of(lines_of(text)) or date_said(said.get("created")),
            author=author_said(said.get("creator")),
        ),
        sections=tuple(composition.sections),
        pages=tuple(composition.pages),
    )


def _put_slide(composition: Composition, slide: Any) -> str | None:
    """Adds a slide; gives back its title."""
    title = slide.shapes.title
    said = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    if said:
        composition.heading(said, 1)
    for shape in _in_order(slide.shapes, 0):
        if title is None or shape.shape_id != title.shape_id:
            _put_shape(composition, shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
            composition.paragraph(_text(paragraph))
    return said or None


def _in_order(shapes: Any, depth: int) -> Iterator[Any]:
    """The shapes from top to bottom and left to right, those of a group together."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    placed = sorted(enumerate(shapes), key=lambda entry: (*_place(entry[1]), entry[0]))
    for _, shape in placed:
        if _type(shape) == MSO_SHAPE_TYPE.GROUP:
            if depth < _DEEPEST_GROUP:
                yield from _in_order(shape.shapes, depth + 1)
        elif not _is_frame(shape):
            yield shape


def _place(shape: Any) -> tuple[int, int]:
    try:
        return (shape.top or 0) // _BAND, shape.left or 0
    except (AttributeError, KeyError, ValueError):  # a placeholder without its layout
        return 0, 0


def _type(shape: Any) -> Any:
    try:
        return shape.shape_type
    except (AttributeError, KeyError, ValueError, NotImplementedError):
        return None


def _is_frame(shape: Any) -> bool:
    """Whether a shape holds what every slide repeats."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    if not shape.is_placeholder:
        return False
    return shape.placeholder_format.type in (
        PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER,
    )  # fmt: skip


def _put_shape(composition: Composition, shape: Any) -> None:
    if getattr(shape, "has_text_frame", False):
        _put_text(composition, shape)
    elif getattr(shape, "has_table", False):
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        put_table(composition, rows, header=bool(shape.table.first_row))
    elif getattr(shape, "has_chart", False):
        _put_chart(composition, shape)
    else:
        _put_diagram(composition, shape)
    described = next((properties.get("descr") for properties in below(shape._element, "cNvPr")), None)  # noqa: SLF001 - python-pptx does not give it
    if described and " " in described.strip():
        composition.paragraph(f"[{' '.join(described.split())}]")


def _put_text(composition: Composition, shape: Any) -> None:
    """Text in a box is paragraphs; the lines of a slide's body are the items of a list."""
    paragraphs = [
        (paragraph.level, _text(paragraph))
        for paragraph in shape.text_frame.paragraphs
        if _text(paragraph).strip()
    ]
    listed = shape.is_placeholder and len(paragraphs) > 1
    for level, text in paragraphs:
        if listed or level:
            composition.item(text, level)
        else:
            composition.paragraph(text)


def _text(paragraph: Any) -> str:
    return str(paragraph.text).replace("\v", "\n")


def _put_chart(composition: Composition, shape: Any) -> None:
    """A chart as the table it was drawn from."""
    chart = shape.chart
    if chart.has_title and chart.chart_title.has_text_frame:
        composition.paragraph(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = [(str(one.name), list(one.values)) for one in plot.series]
        categories = [str(label) for label in plot.categories]
        longest = max([len(categories), *(len(values) for _, values in series)])
        rows = [["", *(name for name, _ in series)]]
        for at in range(longest):
            label = categories[at] if at < len(categories) else ""
            rows.append([label, *(_shown(values[at]) if at < len(values) else "" for _, values in series)])
        put_table(composition, rows, header=True)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _put_diagram(composition: Composition, shape: Any) -> None:
    """The words of a drawn diagram, which lie in a part of their own."""
    for relation in shape._element.iter(f"{{{_DIAGRAM}}}relIds"):  # noqa: SLF001 - python-pptx does not read it
        part = shape.part.related_part(relation.get(_RELATION))
        for point in below(parsed(part.blob, "diagram"), "pt"):
            composition.item("".join(run.text or "" for run in below(point, "t")))
