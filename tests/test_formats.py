"""All formats: real files are read or named with a true reason, and broken ones cost little."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents import Document, Limits, Reader, Unread, read_file, read_folder
from documents.formats import FORMATS
from tests.conftest import REPOSITORY

# How many broken files are made: PINCITE_MUTATIONS=4000 in the environment makes that many.
MUTATIONS = int(os.environ.get("PINCITE_MUTATIONS", "200"))
# Why a file of the fixtures may give no document: every reason that is true of one of them.
TRUE_REASONS = re.compile(
    r"empty|holds nothing but white space|holds no text|holds no message|encrypted: .*"
    r"|holds only images, no text.*|in the format that .* wrote before 2007.*|no reader for \.\w[\w-]* files"
)
MARKS = re.compile(r"\]\([^)]*\)|!\[|[*_`#>|\[\]\\]|^\s*[-*]\s|\s+", re.MULTILINE)


@pytest.fixture(scope="session")
def fixtures(shared_folder: Path) -> Path:
    return shared_folder / "fixtures"


def words(text: str) -> str:
    """A text without Markdown's marks and white space."""
    return MARKS.sub("", text)


def text_of(path: Path) -> str:
    entries = read_file(path, path.name)
    documents = [entry for entry in entries if isinstance(entry, Document)]
    return "\n".join(f"{one.title}\n{one.metadata.author}\n{one.text}" for one in documents)


def test_every_format_has_its_module() -> None:
    for suffix, format_ in FORMATS.items():
        assert suffix == suffix.lower()
        assert (REPOSITORY / format_.module.replace(".", "/")).with_suffix(".py").is_file()


def test_a_format_whose_library_is_missing_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "lxml.py").write_text("raise ModuleNotFoundError(name='lxml')")
    (tmp_path / "a.html").write_text("<p>words</p>")
    monkeypatch.syspath_prepend(tmp_path / "hidden")
    assert read_file(tmp_path / "a.html", "a.html") == [
        Unread("a.html", "skipped", "needs pincite[html]; install it: pip install 'pincite[html]'")
    ]


def test_every_fixture_is_read_or_named_with_a_true_reason(fixtures: Path) -> None:
    entries = list(read_folder(fixtures, exclude=("article-extraction-benchmark",)))
    unread = {entry.path: entry.reason for entry in entries if isinstance(entry, Unread)}
    assert {path: reason for path, reason in unread.items() if not TRUE_REASONS.fullmatch(reason)} == {}
    documents = [entry for entry in entries if isinstance(entry, Document)]
    assert len(documents) > 200
    for document in documents:
        text = document.text
        assert text.strip()
        assert document.title.strip()
        assert list(document.pages) == sorted(document.pages)
        starts = [section.start for section in document.sections]
        assert starts == sorted(starts), document.doc_id
        assert all(text[s.start : s.end].strip() and s.title.strip() for s in document.sections), (
            document.doc_id
        )


def expected() -> list[dict[str, object]]:
    file = REPOSITORY.parent / "shared" / "fixtures" / "markitdown" / "must_include.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []


@pytest.mark.parametrize("case", [pytest.param(case, id=str(case["filename"])) for case in expected()])
def test_what_another_converter_must_find_is_found(fixtures: Path, case: dict[str, list[str]]) -> None:
    path = fixtures / "markitdown" / str(case["filename"])
    if not path.is_file():
        pytest.skip("no such file among the fixtures")
    text = text_of(path)
    found = words(text)
    for wanted in case["must_include"]:
        for part in parts(wanted):
            assert words(part) in found, wanted
    for unwanted in case["must_not_include"]:
        assert unwanted not in text, unwanted


def parts(wanted: str) -> list[str]:
    """What a string says to a reader: of a table row the cells, of a labelled line what follows the label.

    Nothing where it is all that converter's own: a heading it adds, a link's target, a picture's data.
    """
    if wanted in ("# Email Message", "## Content") or wanted.startswith(("```", "](", "data:")):
        return []
    if wanted.startswith("|"):
        return [cell for cell in wanted.split("|") if cell.strip(" -")]
    return [re.sub(r"\*\*\w+:\*\* ", "", wanted)]


SUFFIXES = ("*.html", "*.eml", "*.epub", "*.csv", "*.msg", "*.docx", "*.pdf", "*.xlsx", "*.txt")
PROGRAM = """
import sys
from hashlib import sha256
from pathlib import Path
from documents import read_folder
for entry in read_folder(Path(sys.argv[1]), include=sys.argv[2:]):
    print(sha256(repr(entry).encode("utf-8", "surrogateescape")).hexdigest())
"""


def test_reading_gives_the_same_in_any_language_time_zone_and_order_of_sets(fixtures: Path) -> None:
    found = set()
    for settings in (
        {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "2"},
    ):
        command = [sys.executable, "-c", PROGRAM, str(fixtures / "unstructured"), *SUFFIXES]
        environment = {**os.environ, **settings, "PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found.add(done.stdout)
        assert done.stdout.count("\n") > 60
    assert len(found) == 1


def mutations(fixtures: Path) -> Iterator[tuple[str, bytes]]:
    """Broken files, always the same ones: of every format in turn, cut, overwritten, repeated or mixed."""
    dice = random.Random(20_240_503)  # noqa: S311 - it is to be the same each time
    by_suffix: dict[str, list[Path]] = {}
    for path in sorted(fixtures.rglob("*")):
        if path.suffix.lower() in FORMATS and path.is_file() and 0 < path.stat().st_size < 400_000:
            by_suffix.setdefault(path.suffix.lower(), []).append(path)
    for number in range(MUTATIONS):
        suffix = sorted(by_suffix)[number % len(by_suffix)]
        data = bytearray(dice.choice(by_suffix[suffix]).read_bytes())
        kind = dice.randrange(5)
        at = dice.randrange(len(data))
        if kind == 0:
            del data[at:]
        elif kind == 1:
            for _ in range(1 + len(data) // 500):
                data[dice.randrange(len(data))] = dice.randrange(256)
        elif kind == 2:
            data[at : at + 64] = dice.randbytes(64)
        elif kind == 3:
            piece = data[at : at + 200]
            data[at:at] = piece * dice.randrange(2, 200)
        else:
            other = dice.choice(by_suffix[dice.choice(sorted(by_suffix))]).read_bytes()
            data[at:] = other[: 100_000 - min(at, 90_000)]
        yield f"{number}{suffix}", bytes(data)


def test_broken_files_cost_named_failures_and_nothing_else(fixtures: Path, tmp_path: Path) -> None:
    outcomes = []
    with Reader(Limits(seconds=20)) as reader:
        for name, data in mutations(fixtures):
            path = tmp_path / name
            path.write_bytes(data)
            for entry in reader.read(path, name):
                if isinstance(entry, Unread):
                    assert entry.reason, name
                    outcomes.append((entry.kind, entry.reason))
                else:
                    assert entry.text.encode("utf-8"), name
                    assert all(0 <= s.start < s.end <= len(entry.text) for s in entry.sections), name
            path.unlink()
    hung = [reason for _, reason in outcomes if reason.startswith("took longer")]
    print(f"{MUTATIONS} broken files: {len(outcomes)} failures and skips, {len(hung)} stopped by the clock")
    for reason in sorted({reason for kind, reason in outcomes if kind == "failed"}):
        print(f"  {reason}")
