"""Mail as canonical text: a head with its addresses, then the body, quotations and signatures apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.composition import Composition, one_line

_QUOTE = re.compile(r"[ \t]*((?:>[ \t]?)+)(.*)")
_SIGNATURE = re.compile(r"--[ \t]?")
# "On Friday, Ann wrote:", "Am 3. Mai schrieb Ann:", "-----Original Message-----", "Begin forwarded message:"
_ATTRIBUTION = re.compile(
    r"(?=.{0,300}$)(?:on|am|le|el|il|op|em|den)\b.*(?:wrote|schrieb|écrit|escribió|scritto|schreef|escreveu|skrev)"
    r"\b.{0,80}:|.{2,200}\b(?:wrote|writes|schrieb)\s*:|.*写道[:：]",
    re.IGNORECASE | re.DOTALL,
)
_FORWARDED = re.compile(
    r"-{2,}\s*(?:original message|forwarded (?:message|by .*)|ursprüngliche nachricht|message d'origine"
    r"|mensaje original|原始邮件|原始郵件)\s*-{2,}|begin forwarded message:",
    re.IGNORECASE,
)
# What Outlook puts above a message that is answered or forwarded.
_SENDER = re.compile(r"\*?(?:from|von|de|da|van|发件人|寄件者|寄件人)\s?\*?[:：].*", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\*?(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|主题|主題|主旨)\s?\*?[:：].*",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 12  # lines


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a message; empty where it does not."""

    subject: str = ""
    sender: str = ""
    recipients: str = ""
    copies: str = ""
    date: str = ""


def compose(head: Head, body: str) -> Composition:
    """A message's canonical text: lines of its head, its own words, then what it quotes and its signature.

    A quotation is a section named by the line that introduces it, one level deeper for each ">", which
    are taken away; a signature is a section of that name.
    """
    composition = Composition()
    shown = (
        ("Subject", head.subject),
        ("From", head.sender),
        ("To", head.recipients),
        ("Cc", head.copies),
        ("Date", head.date),
    )
    composition.paragraph("\n".join(f"{name}: {one_line(value)}" for name, value in shown if value.strip()))
    _Body(composition).write(body.splitlines())
    return composition


class _Body:
    """Writes a body's lines, paragraph by paragraph, and notes where the words become another's."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._paragraph: list[str] = []
        self._depth = 0
        self._forwarded = 0

    def write(self, lines: Sequence[str]) -> None:
        at = 0
        while at < len(lines):
            at = self._line(lines, at)
        self._flush()

    def _line(self, lines: Sequence[str], at: int) -> int:
        """Takes the line at a place, and those that belong to it; gives back where the next one is."""
        quote = _QUOTE.fullmatch(lines[at])
        depth = self._forwarded + (quote[1].count(">") if quote else 0)
        text = quote[2].rstrip() if quote else lines[at].rstrip()
        if not text.strip():
            self._flush()
        elif _FORWARDED.fullmatch(text.strip()) or self._is_head(lines, at, text):
            below = next((line for line in lines[at + 1 : at + 4] if line.strip()), "")
            self._forwarded += not (_FORWARDED.fullmatch(text.strip()) and _SENDER.fullmatch(below.strip()))
            self._begin(text, depth + 1)
        elif _SIGNATURE.fullmatch(text) and depth == self._depth and self._signed(lines, at + 1):
            return self._signature(lines, at + 1)
        else:
            introduced = self._introduced(lines, at, text)
            if introduced:
                self._begin(
                    one_line(" ".join([text, *map(_unquoted, lines[at + 1 : introduced])])), depth + 1
                )
                return introduced
            if depth != self._depth:
                self._turn(text, depth)
            else:
                self._paragraph.append(text)
        return at + 1

    def _is_head(self, lines: Sequence[str], at: int, text: str) -> bool:
        """Whether the head of another message stands here: who sent it, and below, its subject."""
        if not _SENDER.fullmatch(text.strip()):
            return False
        return any(_SUBJECT.fullmatch(line.strip()) for line in lines[at + 1 : at + 7])

    def _introduced(self, lines: Sequence[str], at: int, text: str) -> int:
        """Where the quotation begins that this line, perhaps with the next one, introduces; 0 for none."""
        for end in (at + 1, at + 2):
            below = next((line for line in lines[end : end + 3] if line.strip()), "")
            joined = one_line(" ".join([text, *map(_unquoted, lines[at + 1 : end])]))
            if below.lstrip().startswith(">") and _ATTRIBUTION.fullmatch(joined):
                return end
        return 0

    def _begin(self, title: str, depth: int) -> None:
        """A line that introduces a quotation: its heading."""
        self._flush()
        self._depth = depth
        self._composition.heading(title.strip(), depth)

    def _turn(self, text: str, depth: int) -> None:
        """The words become another's, or the writer's own again, without a line that says so."""
        self._flush()
        self._depth = depth
        name = "Quoted" if depth else "Reply"
        self._composition.named_heading(text, name, max(1, depth))

    def _signed(self, lines: Sequence[str], at: int) -> bool:
        below = [line for line in lines[at : at + _LONGEST_SIGNATURE + 1] if line.strip()]
        return 0 < len(below) <= _LONGEST_SIGNATURE

    def _signature(self, lines: Sequence[str], at: int) -> int:
        """The lines of a signature, up to a quotation or the end."""
        self._flush()
        first = True
        while at < len(lines) and not self._ends_signature(lines, at):
            text = lines[at].strip()
            if text and first:
                self._composition.named_heading(text, "Signature", self._depth + 1)
                first = False
            elif text:
                self._paragraph.append(text)
            at += 1
        self._flush()
        return at

    def _ends_signature(self, lines: Sequence[str], at: int) -> bool:
        text = lines[at].strip()
        quoted = _QUOTE.fullmatch(text) or _FORWARDED.fullmatch(text)
        return bool(quoted) or self._is_head(lines, at, text) or self._introduced(lines, at, text) > 0

    def _flush(self) -> None:
        if self._paragraph:
            self._composition.paragraph("\n".join(self._paragraph))
            self._paragraph = []


def _unquoted(line: str) -> str:
    quote = _QUOTE.fullmatch(line)
    return quote[2] if quote else line
