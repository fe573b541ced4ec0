"""The fields that stand above a Markdown text, between two lines of dashes."""

import re

_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n?|\n)(?P<fields>(?:[^\r\n]*(?:\r\n?|\n)){0,200}?)(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)"
)
_LONGEST = 50_000  # characters


def front_matter(text: str) -> tuple[dict[str, object], int]:
    """The fields, by their names in lower case, and where the text begins; ({}, 0) where there are none."""
    found = _FRONT_MATTER.match(text)
    if not found or found.end() > _LONGEST:
        return {}, 0
    import yaml

    try:
        fields = yaml.safe_load(found["fields"])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, 0
    if not isinstance(fields, dict):
        return {}, 0
    return {str(key).lower(): value for key, value in fields.items()}, found.end()
