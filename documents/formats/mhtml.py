"""Web pages saved with all that belongs to them, as a mail message (.mht, .mhtml)."""

from dataclasses import replace

from documents.formats import html
from documents.formats.mail import header, leaves, message_of, payload
from documents.reading import Limits, Reading, Unreadable


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The page; its address is where it was saved from, if it does not name another."""
    message = message_of(data)
    for part in leaves(message, 0):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            reading = html.read(payload(part), name, limits)
            address = header(message, "snapshot-content-location") or header(part, "content-location")
            if reading.metadata.url or not address.startswith(("http://", "https://")):
                return reading
            return replace(reading, metadata=replace(reading.metadata, url=address))
    raise Unreadable("holds no HTML page")
