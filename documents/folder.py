"""Reading a folder: every file becomes a document, or is named with the reason why not."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from documents.document import Document
from documents.formats import format_of
from documents.reader import Known, Reader, Unread, told, unknown
from documents.reading import Limits
from documents.refusal import Refusal
from documents.selection import Selection
from documents.sidecar import SUFFIX


def read_folder(
    folder: Path,
    *,
    limits: Limits | None = None,
    known: Known | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Iterator[Document | Unread]:
    """Reads every file below a folder whose format is known, in the order of their doc_ids (by code point).

    What is inside a file (an attachment, a member of an archive) comes right after it. Passed over are
    hidden files and folders, those that the folder's .pinciteignore or ``exclude`` name, and those that
    no pattern of ``include`` names, if there are any; patterns are those of .gitignore. Whatever else
    does not become a document comes as `Unread`; no file stops the rest. A file that is ``known`` is
    hashed and no more. Raises `Refusal` at once when the folder is missing, is none, or cannot be read.
    """
    folder = Path(folder)
    try:
        os.scandir(folder).close()
    except FileNotFoundError as error:
        raise Refusal(f"no folder {folder}; give the folder that holds the documents") from error
    except NotADirectoryError as error:
        raise Refusal(f"{folder} is not a folder; give the folder that holds the documents") from error
    except OSError as error:
        raise Refusal(f"cannot read the folder {folder} ({told(error)}); check its permissions") from error
    return _read(folder, Selection(folder, include, exclude), limits, known)


def _read(
    folder: Path, selection: Selection, limits: Limits | None, known: Known | None
) -> Iterator[Document | Unread]:
    root = folder.resolve()
    walked = _walk(folder, root, selection)
    found = sorted(walked, key=lambda entry: entry.path if isinstance(entry, Unread) else entry)
    names = {entry for entry in found if isinstance(entry, str)}
    with Reader(limits, known) as reader:
        for entry in found:
            if isinstance(entry, Unread):
                yield entry
            elif not entry.endswith(SUFFIX):
                yield from reader.read(folder / entry, entry, sidecar=f"{entry}{SUFFIX}" in names)
            elif entry.removesuffix(SUFFIX) not in names:
                yield Unread(entry, "skipped", "describes a file that is not here")


def _walk(folder: Path, root: Path, selection: Selection) -> Iterator[str | Unread]:
    """The doc_ids of all files to be read below a folder, and what is not to be read."""
    pending = [(folder, "")]
    while pending:
        here, prefix = pending.pop()
        try:
            with os.scandir(here) as listing:
                entries = list(listing)
        except OSError as error:
            yield Unread(prefix.rstrip("/"), "failed", f"cannot be listed: {told(error)}")
            continue
        for entry in entries:
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if not _is_writable_name(path):
                shown = path.encode("utf-8", "backslashreplace").decode()
                yield Unread(shown, "skipped", "its name is not valid UTF-8")
            elif entry.is_dir(follow_symlinks=False):
                if selection.may_enter(path):
                    pending.append((here / entry.name, path + "/"))
            elif selection.has_file(path.removesuffix(SUFFIX)):
                reason = _link_refused(Path(entry.path), root) if entry.is_symlink() else None
                yield Unread(path, "skipped", reason) if reason else _by_format(path)


def _by_format(path: str) -> str | Unread:
    return path if format_of(path) else Unread(path, "skipped", unknown(path))


def _link_refused(link: Path, root: Path) -> str | None:
    """Why a link is not followed; None when it leads to a file inside the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: how Python before 3.13 reports a circle of links
        return "a link that leads nowhere"
    if not target.is_relative_to(root):
        return "a link that leads out of the folder"
    return "a link to a folder" if target.is_dir() else None


def _is_writable_name(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
