"""Mail messages (.eml)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from documents.composition import Composition
from documents.dates import iso_date
from documents.decoding import UndecodableError, decode
from documents.document import Metadata
from documents.formats.letter import Head, compose
from documents.reading import Attachment, Limits, Reading, Unreadable

_FLOWED = re.compile(r"(?<=\S) \n(?![>\s])")
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0")
_SUFFIXES = {"text/plain": ".txt", "text/markdown": ".md", "text/calendar": ".ics", "message/rfc822": ".eml"}
# A plain part this much shorter than the HTML part only says that there is one.
_STUB = 0.2


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """A message: its head and body as text; its attachments, attached messages among them."""
    message = message_of(data)
    if message.get_content_type() in (
        "multipart/encrypted",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    ):
        raise Unreadable("encrypted: only its recipient can open it")
    written = header(message, "date")
    published = iso_date(written)
    head = Head(
        subject=header(message, "subject"),
        sender=header(message, "from"),
        recipients=header(message, "to"),
        copies=header(message, "cc"),
        date=written,
    )
    parts = list(leaves(message, 0))
    body = _body(parts)
    attachments = [part for part in parts if part not in body]
    if not parts and not head.sender and not head.subject:
        raise Unreadable("holds no message")
    composition = compose(head, "\n\n".join(_text(part) for part in body))
    return Reading(
        composition.text,
        title=head.subject or None,
        metadata=Metadata(
            published=published,
            published_original=written if published and written != published else None,
            author=author_of(head.sender),
        ),
        sections=tuple(composition.sections),
        attachments=tuple(_attachment(part, at) for at, part in enumerate(attachments, 1)),
    )


def message_of(data: bytes) -> Message:
    """The message in a file's bytes."""
    if any(mark in data[:4] for mark in _MARKS):
        try:
            data = decode(data).encode("utf-8")
        except UndecodableError as error:
            raise Unreadable(str(error)) from error
    # The older policy: the newer one stumbles over headers that are malformed.
    return message_from_bytes(data.lstrip(b"\r\n"), policy=policy.compat32)


def author_of(sender: str) -> str | None:
    """The name in an address, or the address where it has none."""
    name, address = parseaddr(sender)
    return name or address or sender or None


def header(message: Message, name: str) -> str:
    """A header's text, decoded as far as it can be."""
    return header_text(str(message.get(name, "")))


def header_text(written: str) -> str:
    """What a header says, in whatever encoding it says it."""
    parts = []
    try:
        found = decode_header(written)
    except (ValueError, LookupError):
        found = [(written, None)]
    for part, charset in found:
        parts.append(part if isinstance(part, str) else _decoded(part, charset))
    text = "".join(parts).encode("utf-8", "surrogateescape")
    return " ".join(_decoded(text, "utf-8").split())


def _decoded(data: bytes, charset: str | None) -> str:
    for encoding in (charset, "utf-8"):
        try:
            return data.decode(encoding or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    try:
        return decode(data)
    except UndecodableError:
        return data.decode("latin-1").replace("\0", "\ufffd")


def leaves(message: Message, depth: int) -> Iterator[Message]:
    """The parts that hold something: not containers, but messages inside the message whole."""
    if depth > 50:
        raise Unreadable("is nested too deeply")
    if not message.is_multipart() or message.get_content_type() == "message/rfc822":
        if message.is_multipart() or payload(message).strip():
            yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from leaves(part, depth + 1)


def payload(part: Message) -> bytes:
    """What a part holds; nothing where it only holds other parts."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _body(parts: list[Message]) -> list[Message]:
    """The parts that are the message's own words: plain text, or HTML where that is all or says more."""
    plain = [part for part in parts if _is_text(part, "text/plain")]
    pages = [part for part in parts if _is_text(part, "text/html")]
    if plain and pages:
        said, shown = len(_text(plain[0])), len(_text(pages[0]))
        chosen = pages[0] if said < _STUB * shown else plain[0]
        other = [part for part in (plain[0], pages[0]) if part is not chosen]
        parts[:] = [part for part in parts if part not in other]
        return [chosen, *plain[1:]] if chosen is plain[0] else [chosen]
    return plain or pages[:1]


def _is_text(part: Message, media_type: str) -> bool:
    attached = "attachment" in str(part.get("content-disposition", "")).lower()
    return part.get_content_type() == media_type and not attached and not _filename(part)


def _text(part: Message) -> str:
    data = payload(part)
    if part.get_content_type() == "text/html":
        from documents.formats.html import decoded, parsed
        from documents.formats.markup import MarkupWriter

        composition = Composition()
        charset = part.get_content_charset()
        html = _decoded(data, charset) if charset else decoded(data)
        MarkupWriter(composition).write(parsed(html))
        return composition.text
    text = _decoded(data, part.get_content_charset()).replace("\r\n", "\n")
    return _FLOWED.sub(" ", text) if part.get_param("format") == "flowed" else text


def _filename(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _attachment(part: Message, number: int) -> Attachment:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        if isinstance(inner, Message):
            name = _filename(part) or f"{header(inner, 'subject') or f'message {number}'}"
            name = name if name.lower().endswith(".eml") else f"{name.replace('/', '_')}.eml"
            return Attachment(name, inner.as_bytes())
    kind = part.get_content_subtype()
    suffix = _SUFFIXES.get(part.get_content_type(), f".{kind}" if kind.isalnum() else ".bin")
    return Attachment(_filename(part) or f"part {number}{suffix}", payload(part))
