"""Bytes to text, in whatever encoding they are."""

import codecs
import re

import chardet

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings of the web and the ISO standards. Those of old Macs, DOS and mainframes would win more
# wrong verdicts than right ones.
_ERAS = chardet.EncodingEra.MODERN_WEB | chardet.EncodingEra.LEGACY_ISO
# What Windows-1252 puts above ASCII in English: quotes, dashes, signs. Too little for statistics.
_TYPOGRAPHY = frozenset("€…™•‘’“”–—\N{NO-BREAK SPACE}£©«®°·»¼½¾".encode("cp1252"))
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859-1", "iso8859-2", "iso8859-15")
_COMMON = "\n eaino0，。、的一是"
_ASCII = bytes(range(128))
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 100_000
_FOREIGN = re.compile(rb"[\x80-\xff]+")


class UndecodableError(Exception):
    """These bytes are no text; the message says why."""


def decode(data: bytes) -> str:
    """The text that a file's bytes hold, without byte order mark, line ends untouched.

    Tried in this order: byte order mark, UTF-16 and UTF-32 that show by their NUL bytes, UTF-8 (a stray
    bad byte becomes U+FFFD), then the legacy encoding that chardet finds. Raises `UndecodableError` for
    anything else.
    """
    text = _decode(data)
    if "\0" in text:
        raise UndecodableError("binary: it holds NUL characters")
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > max(2, len(sample) // 100):
        raise UndecodableError("binary: it is full of control characters")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    if b"\0" in data:
        return _strictly(data, _wide_encoding(data[:_SAMPLE]))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged(data) or _strictly(data, _legacy_encoding(data))
    # ISO-2022 encodings are ASCII with escapes.
    return _strictly(data, _legacy_encoding(data)) if "\x1b$" in text else text


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {error.start:,}"
        raise UndecodableError(f"looks like {encoding.upper()}, but is not valid at {place}") from error


def _damaged(data: bytes) -> str | None:
    """UTF-8 that was cut off or spoilt in places; None where bad sequences are more than one in twenty."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    good = sum(character > "\x7f" for character in text) - bad
    return text if 20 * bad <= good else None


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 or UTF-32 without a mark."""
    texts = {}
    # ASCII with a stray NUL byte would make passable Chinese: then NUL bytes are few.
    wide = sample.count(0) > 0.3 * len(sample) or not _is_utf_8(sample.replace(b"\0", b""))
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be") if wide else ():
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
        unfit = sum(not (c.isprintable() or c.isspace()) or c == "\ufffd" for c in text)
        if unfit <= len(text) // 100:
            texts[encoding] = text
    # In the wrong order of bytes even a space is another character.
    common = {encoding: sum(map(text.count, _COMMON)) for encoding, text in texts.items()}
    best = max(common.values(), default=0)
    if not best:
        raise UndecodableError("binary: it holds NUL bytes")
    return next(encoding for encoding, count in common.items() if count == best)


def _is_utf_8(sample: bytes) -> bool:
    return "\ufffd" not in codecs.getincrementaldecoder("utf-8")("replace").decode(sample)


def _legacy_encoding(data: bytes) -> str:
    foreign = data.translate(None, _ASCII)
    sparse = len(foreign) < len(data) // 20
    if foreign and sparse and _TYPOGRAPHY.issuperset(foreign):
        return "cp1252"
    # What is ASCII says nothing: begin shortly before the first byte that is not.
    first = _FOREIGN.search(data)
    start = max(0, first.start() - 1_000) if first else 0
    sample = data[start : start + _SAMPLE]
    runs = _FOREIGN.findall(sample)
    only: tuple[str, ...] | None = None
    never: tuple[str, ...] | None = None
    if sparse and max(map(len, runs), default=9) <= 2:
        only = _LATIN  # single letters here and there among ASCII are accents, whatever statistics say
    elif 2 * sum(len(set(run)) > 2 for run in runs) > len(runs):
        never = _LATIN  # words of nothing but accented letters are of another script
        sample = b" ".join(runs) if sparse else sample
    verdict = chardet.detect(
        sample,
        encoding_era=_ERAS,
        include_encodings=only,
        exclude_encodings=never,
        no_match_encoding="utf-8" if never else "cp1252",
    )
    found = verdict["encoding"]
    if found is None or found == "utf-8":
        raise UndecodableError("binary, or in an encoding that cannot be told")
    return found
