"""The gate on a public set: it lets a change of nothing pass and catches a planted regression."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.command import evaluate


def without_titles(folder: Path, copy: Path) -> Path:
    """The same data set; its passages will be embedded and indexed without their title in front."""
    copy.mkdir()
    for file in folder.iterdir():
        if file.name != "corpus.jsonl":
            (copy / file.name).write_bytes(file.read_bytes())
    rows = (json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
    lines = "".join(json.dumps(row | {"title": ""}) + "\n" for row in rows)
    (copy / "corpus.jsonl").write_text(lines, encoding="utf-8")
    return copy


def test_the_gate_passes_no_change_and_fails_when_titles_are_lost(
    shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    subset = ["--limit", "150", "--corpus-limit", "160"]
    whole = shared_folder / "bench" / "nq_gold"

    def ran(folder: Path, *arguments: str) -> tuple[int, str]:
        command = ["--dataset", str(folder), *subset, *arguments]
        result = CliRunner().invoke(evaluate, command, catch_exceptions=False)
        return result.exit_code, result.stdout

    assert ran(whole, "--save-baseline", "baseline.json")[0] == 0
    status, said = ran(whole, "--baseline", "baseline.json")
    assert status == 0
    assert "no significant change. 0 better, 0 worse, 150 the same" in said

    status, said = ran(without_titles(whole, tmp_path / "nq_gold"), "--baseline", "baseline.json")
    assert status == 1
    assert ": fell. " in said
