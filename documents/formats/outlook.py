"""Outlook messages (.msg)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from documents.dates import iso_date
from documents.document import Metadata
from documents.formats.letter import Head, compose
from documents.formats.mail import author_of, header_text
from documents.reading import Attachment, Limits, Reading, Unreadable

if TYPE_CHECKING:
    from oxmsg import Message

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Properties of a message, by their numbers in the format's specification.
_SENDER_NAME, _SENDER_ADDRESS, _SHOWN_CC, _SHOWN_TO = 0x0C1A, 0x0C1F, 0x0E03, 0x0E04


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """A message: its head and body as text, and its attachments."""
    from oxmsg import Message

    if not data.startswith(_COMPOUND_FILE):
        raise Unreadable("damaged, or no Outlook message: it does not begin like one")
    try:
        return _message(Message.load(BytesIO(data)))
    except (KeyError, ValueError, OSError) as error:  # OSError: what the library below raises for damage
        raise Unreadable("damaged, or no Outlook message: a part of it is missing") from error


def _message(message: Message) -> Reading:
    if "smime" in (message.message_class or "").lower():
        raise Unreadable("encrypted: only its recipient can open it")
    said = message.properties
    address = said.str_prop_value(_SENDER_ADDRESS) or ""
    sender = _address(said.str_prop_value(_SENDER_NAME) or "", address) if "@" in address else ""
    headers = {key.lower(): value for key, value in message.message_headers.items()}
    sent = message.sent_date
    written = headers.get("date", "") or (sent.isoformat() if sent else "")
    recipients = ", ".join(_address(person.name, person.email_address) for person in message.recipients)
    head = Head(
        subject=message.subject or "",
        sender=sender or header_text(headers.get("from", "")) or message.sender or "",
        recipients=said.str_prop_value(_SHOWN_TO) or header_text(headers.get("to", "")) or recipients,
        copies=said.str_prop_value(_SHOWN_CC) or header_text(headers.get("cc", "")),
        date=written,
    )
    published = iso_date(written)
    composition = compose(head, message.body or _shown(message.html_body))
    return Reading(
        composition.text,
        title=head.subject.strip() or None,
        metadata=Metadata(
            published=published,
            published_original=written if published and written != published else None,
            author=author_of(head.sender),
        ),
        sections=tuple(composition.sections),
        attachments=tuple(
            Attachment(attached.file_name or f"attachment {at}.bin", attached.file_bytes or b"")
            for at, attached in enumerate(message.attachments, 1)
        ),
    )


def _address(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and name != address else address


def _shown(html: str | None) -> str:
    if not html:
        return ""
    from documents.composition import Composition
    from documents.formats.html import parsed
    from documents.formats.markup import MarkupWriter

    composition = Composition()
    MarkupWriter(composition).write(parsed(html))
    return composition.text
