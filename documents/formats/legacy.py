"""Files named .doc and .ppt: the binary formats of before 2007 are not read, what is newer inside is."""

from documents.formats import rtf, slides, word
from documents.formats.package import is_compound
from documents.reading import Limits, Reading, Unreadable


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """What a newer program has saved under the older name."""
    if data.startswith(b"PK"):
        newer_format = slides.read if name.lower().endswith("ppt") else word.read
        return newer_format(data, name, limits)
    if data.lstrip().startswith(b"{\\rtf"):
        return rtf.read(data, name, limits)
    if is_compound(data):
        newer, program = (".pptx", "PowerPoint") if name.lower().endswith("ppt") else (".docx", "Word")
        raise Unreadable(
            f"in the format that {program} wrote before 2007, which is not read; save it as {newer} or .pdf",
            "skipped",
        )
    raise Unreadable("damaged, or not what its name says: no Office file")
