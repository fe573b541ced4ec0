"""JSON: records that have a text become documents of their own; all other values become lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from documents.composition import Composition, row_text
from documents.decoding import UndecodableError, decode
from documents.described import described, field
from documents.metadata import title_from
from documents.reading import Attachment, Limits, Reading, Unreadable

# Names of fields, in the order in which they are looked for.
_TEXT = (
    "text",
    "content",
    "body",
    "articlebody",
    "page_content",
    "contents",
    "passage",
    "abstract",
    "summary",
)
_ID = ("id", "_id", "doc_id", "docid", "document_id", "uuid", "key", "slug", "guid")
_DEPTH = 100


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """A record, or a document for each of many, or lines of "name: value" where nothing is a record."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error
    values = list(_lines(text, limits)) if name.lower().endswith((".jsonl", ".ndjson")) else [_parsed(text)]
    single = values[0] if len(values) == 1 else values
    if isinstance(single, dict) and _field(single, _TEXT):
        return _record(single)
    records = _records(single)
    if records:
        return Reading("", attachments=tuple(_attachments(records)))
    composition = Composition()
    _Lines(composition).write(single, "", 0)
    return Reading(composition.text, title=title_from(name))


def _parsed(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except ValueError as error:
        raise Unreadable(f"damaged, or no JSON: {error}") from error


def _lines(text: str, limits: Limits) -> Iterator[object]:
    """The values of JSON lines. `Unreadable`: one is none, or there are too many."""
    for number, line in enumerate(text.split("\n"), 1):
        if number > limits.members:
            raise Unreadable(f"holds more than the limit of {limits.members:,} records")
        if line.strip():
            try:
                yield json.loads(line, strict=False)
            except ValueError as error:
                raise Unreadable(f"damaged, or no JSON: line {number:,}: {error}") from error


def _records(value: object) -> list[dict[str, object]]:
    """The records in a list, or in the one list of an object, if most of it are."""
    if isinstance(value, dict):
        named = [{"id": key, **inner} for key, inner in value.items() if isinstance(inner, dict)]
        if len(named) == len(value) > 1:
            return _records(named)
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list):
        return []
    records = [found for found in value if isinstance(found, dict) and _field(found, _TEXT)]
    return records if 2 * len(records) >= len(value) else []


def _attachments(records: list[dict[str, object]]) -> Iterator[Attachment]:
    for number, record in enumerate(records, 1):
        name = _field(record, _ID) or str(number)
        # No "/": a record is no folder; and no name so long that it says nothing.
        yield Attachment(name.replace("/", "_").replace("\\", "_")[:120], _record(record))


def _record(record: dict[str, object]) -> Reading:
    title, metadata = described(_lowered(record))
    return Reading(_field(record, _TEXT), title=title, metadata=metadata)


def _field(record: dict[str, object], names: tuple[str, ...]) -> str:
    return field(_lowered(record), names)


def _lowered(record: dict[str, object]) -> dict[str, object]:
    return {str(key).lower(): value for key, value in record.items()}


@dataclass(frozen=True, slots=True)
class _Lines:
    """Writes values that are no records: "name: value", lists of objects row by row."""

    composition: Composition

    def write(self, value: object, path: str, depth: int) -> None:
        if depth > _DEPTH:
            raise Unreadable("is nested too deeply")
        if isinstance(value, dict):
            plain = {str(k): v for k, v in value.items() if depth and not isinstance(v, dict | list)}
            self.composition.table(list(plain), [list(map(_shown, plain.values()))])
            for key, inner in value.items():
                if str(key) not in plain:
                    self.write(inner, f"{path}.{key}" if path else str(key), depth + 1)
        elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
            for inner in value:
                self.write(inner, path, depth + 1)
        else:
            listed = ", ".join(map(_shown, value)) if isinstance(value, list) else _shown(value)
            self.composition.paragraph(row_text([path], [listed]))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
