"""The report of a rebuild, and which files it was told to read."""

import json
from pathlib import Path

import pytest

from documents import Refusal, Unread
from index.report import FileReport, write_report
from tests.conftest import run_pincite

FILES = [
    FileReport("a.txt", "read", None, 1_234, 2, 0.0125),
    FileReport.of(Unread("b.pdf", "failed", "is encrypted"), 0, 0.5),
]


def test_a_report_tells_what_became_of_each_file(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    (documents / "drafts").mkdir(parents=True)
    (documents / "a.txt").write_text("The harbour was dredged. It reopened in June.")
    (documents / "b.exe").write_bytes(b"MZ")
    (documents / "c.txt").write_text(" ")
    (documents / "drafts" / "d.txt").write_text("Not to be found.")
    (documents / "e.txt").write_text("Not to be found either.")
    (documents / ".pinciteignore").write_text("# unfinished\ndrafts/\n")
    report = tmp_path / "report.json"
    command: list[str | Path] = [
        "rebuild",
        "--documents",
        documents,
        "--index",
        tmp_path / "index",
        "--report",
        report,
    ]
    finished = run_pincite(*command, "--exclude", "e.*")
    assert finished.returncode == 0, finished.stderr
    files = json.loads(report.read_text())
    assert all(file.pop("seconds") >= 0 for file in files)
    assert files == [
        {"path": "a.txt", "outcome": "read", "reason": None, "characters": 45, "passages": 1},
        {
            "path": "b.exe",
            "outcome": "skipped",
            "reason": "no reader for .exe files",
            "characters": 0,
            "passages": 0,
        },
        {
            "path": "c.txt",
            "outcome": "failed",
            "reason": "holds nothing but white space",
            "characters": 0,
            "passages": 0,
        },
    ]


def test_a_report_that_is_no_json_is_lines(tmp_path: Path) -> None:
    write_report(FILES, tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text().splitlines() == [
        "read        1,234 characters      2 passages    0.013 s  a.txt",
        "failed          0 characters      0 passages    0.500 s  b.pdf: is encrypted",
    ]


def test_a_report_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^cannot write the report .*; choose another place$"):
        write_report(FILES, tmp_path / "nowhere" / "report.txt")
