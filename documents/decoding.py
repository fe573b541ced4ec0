"""Bytes to text, in whatever encoding they are."""

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 65_536


class UndecodableError(Exception):
    """These bytes are no text; the message says why."""


def decode(data: bytes) -> str:
    """The text that a file's bytes hold, without byte order mark, line ends untouched.

    Tried in this order: byte order mark, UTF-16 and UTF-32 that show by their NUL bytes, UTF-8, then
    the legacy encoding that charset-normalizer finds. Raises `UndecodableError` for anything else.
    """
    text = _decode(data)
    if "\0" in text:
        raise UndecodableError("binary: it holds NUL characters")
    controls = len(_CONTROL.findall(text[:_SAMPLE]))
    if controls > max(2, 0.01 * min(len(text), _SAMPLE)):
        raise UndecodableError("binary: it is full of control characters")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    if b"\0" in data:
        return _strictly(data, _wide_encoding(data[:_SAMPLE]))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableError(f"not valid {encoding.upper()} at byte {error.start:,}") from error


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: text in it has its NUL bytes at the same place in each unit."""
    shares = [sample[place::4].count(0) / max(1, len(sample[place::4])) for place in range(4)]
    if len(sample) >= 4:
        if min(shares[1:]) > 0.9 > shares[0] + 0.8 or (min(shares[2:]) > 0.95 and max(shares[:2]) < 0.5):
            return "utf-32-le"
        if min(shares[:3]) > 0.9 > shares[3] + 0.8 or (min(shares[:2]) > 0.95 and max(shares[2:]) < 0.5):
            return "utf-32-be"
    even, odd = (shares[0] + shares[2]) / 2, (shares[1] + shares[3]) / 2
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    if even > 0.3 and odd < 0.05:
        return "utf-16-be"
    raise UndecodableError("binary: it holds NUL bytes")


def _legacy(data: bytes) -> str:
    best = from_bytes(data).best()
    if best is None:
        raise UndecodableError("binary, or in an encoding that cannot be told")
    return _strictly(data, best.encoding)
