"""What stands in front of a passage's text when it is embedded."""

from collections.abc import Sequence

from documents.atoms import CountTokens


class Contexts:
    """The title and the headings above a passage, the newest information last, each context kept once.

    No context has more than ``limit`` tokens.
    """

    def __init__(self, title: str, count_tokens: CountTokens, limit: int) -> None:
        self._count_tokens = count_tokens
        self._title = title
        self._limit = limit
        self._fitted: dict[tuple[str, ...], str] = {}
        self._tokens: dict[str, int] = {"": 0}

    def of(self, headings: Sequence[str], text: str = "") -> str:
        """The context below these headings, for a passage of this text; a title it holds is not repeated."""
        parts = [] if self._is_titled(text) else [self._title]
        parts += [heading for heading in headings if heading.casefold() != self._title.casefold()]
        key = tuple(part for part in parts if part)
        if key not in self._fitted:
            self._fitted[key] = self._fit(list(key))
        return self._fitted[key]

    def tokens(self, context: str) -> int:
        """How many tokens a context takes."""
        if context not in self._tokens:
            self._tokens[context] = self._count_tokens([context])[0]
        return self._tokens[context]

    def _is_titled(self, text: str) -> bool:
        """Whether the title is a line of the text."""
        return self._title in text and any(line.strip(" \t#*") == self._title for line in text.splitlines())

    def _fit(self, parts: list[str]) -> str:
        """Drops outer headings, then words from the end of the longest part, until the limit holds."""
        while parts:
            context = "\n".join(parts)
            tokens = self.tokens(context)
            if tokens <= self._limit:
                return context
            if len(parts) > 2:
                del parts[1]
                continue
            at = max(range(len(parts)), key=lambda k: len(parts[k]))
            keep = min(len(parts[at]) - 1, len(parts[at]) * self._limit // tokens)
            shorter = parts[at][:keep]
            parts[at] = shorter.rsplit(" ", 1)[0].strip() if " " in shorter else shorter
            if not parts[at]:
                del parts[at]
        return ""
