"""A filter: which documents' passages may be found."""

from dataclasses import dataclass

# A date as exact as a month or a year stands for all its days: the first and the last of them.
_FIRST_DAY = """CASE length(json_extract(metadata, '$.published'))
    WHEN 4 THEN json_extract(metadata, '$.published') || '-01-01'
    WHEN 7 THEN json_extract(metadata, '$.published') || '-01'
    ELSE substr(json_extract(metadata, '$.published'), 1, 10) END"""
_LAST_DAY = _FIRST_DAY.replace("'-01-01'", "'-12-31'").replace("'-01'", "'-31'")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a document must be for its passages to be found; empty fields ask nothing.

    ``doc_ids``: one of these. ``folder``: below this folder. ``published_from`` and ``published_to``: ISO
    8601 days, both included; a document dated only by month or year passes if one of its days does, one
    without a date never. ``languages``, ``media_types``: one of these. ``fields``: further fields of the
    metadata, each with the value that it must have.
    """

    doc_ids: tuple[str, ...] = ()
    folder: str | None = None
    published_from: str | None = None
    published_to: str | None = None
    languages: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def condition(self) -> tuple[str, list[str]]:
        """The filter as a condition on the table of documents, and the values of its question marks."""
        conditions: list[str] = ["1"]
        values: list[str] = []

        def require(condition: str, *given: str) -> None:
            conditions.append(condition)
            values.extend(given)

        def require_one_of(column: str, given: tuple[str, ...]) -> None:
            if given:
                require(f"{column} IN ({', '.join('?' * len(given))})", *given)

        require_one_of("doc_id", self.doc_ids)
        if self.folder is not None:
            below = self.folder.strip("/") + "/"
            require("substr(doc_id, 1, length(?)) = ?", below, below)
        if self.published_from is not None:
            require(f"{_LAST_DAY} >= ?", self.published_from)
        if self.published_to is not None:
            require(f"{_FIRST_DAY} <= ?", self.published_to)
        require_one_of("json_extract(metadata, '$.language')", self.languages)
        require_one_of("json_extract(metadata, '$.media_type')", self.media_types)
        for name, value in self.fields:
            quoted = name.replace('"', "")
            require("json_extract(metadata, ?) = ?", f'$.fields."{quoted}"', value)
        return " AND ".join(conditions), values
