"""The README against reality."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What differs from one run to the next.
VOLATILE = ("took_ms", "request_id", "index")


def the_answer() -> dict[str, Any]:
    (block,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    answer: dict[str, Any] = json.loads(block)
    return answer


def the_body() -> dict[str, Any]:
    (command,) = re.findall(r"^curl .*?(?=\n```)", README, re.DOTALL | re.MULTILINE)
    words = shlex.split(command.replace("\\\n", " "))
    body: dict[str, Any] = json.loads(words[words.index("-d") + 1])
    return body


def about(value: Any) -> Any:
    """The same with room in every number with a fraction: vectors differ a little between processors."""
    if isinstance(value, float):
        return pytest.approx(value, abs=0.05)
    if isinstance(value, dict):
        return {key: about(part) for key, part in value.items()}
    return [about(part) for part in value] if isinstance(value, list) else value


def test_the_answer_shown_is_the_answer_given(client: httpx.Client) -> None:
    given = client.post("/v1/ask", json=the_body()).json()
    shown = the_answer()
    assert list(given) == list(shown)
    assert list(given["index"]) == list(shown["index"])
    for name in VOLATILE:
        del given[name], shown[name]
    for passage in (*given["passages"], *shown["passages"]):
        del passage["highlights"]  # two of its sentences are nearly as good
    assert given == about(shown)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE))))
def test_every_make_target_it_names_exists(target: str) -> None:
    command = ["make", "--dry-run", target, "Q=x"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).is_file()


def test_every_folder_of_the_tree_is_there() -> None:
    (tree,) = re.findall(r"## What is where\n\n```\n(.*?)```", README, re.DOTALL)
    folders = [line.split()[0] for line in tree.splitlines()]
    missing = [folder for folder in folders if not (ROOT / folder).is_dir()]
    assert missing in ([], ["var/"])  # made at run time
