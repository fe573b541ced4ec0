"""The command ``pincite eval replay``: ask logged questions again and say what changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from documents import Refusal

if TYPE_CHECKING:
    from index import Index

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_QUOTED = 100

# A passage as it is compared: its document and its words. Offsets move when a document grows.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Logged:
    """A question and the passages it was answered with, best first."""

    question: str
    passages: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question's passages then and now. ``reordered``: the same ones in another order."""

    question: str
    kind: Literal["same", "reordered", "changed"]
    before: tuple[Place, ...]
    after: tuple[Place, ...]

    @property
    def first_changed(self) -> bool:
        """Whether the first passage is another one."""
        return self.before[:1] != self.after[:1]


def read_log(file: Path) -> list[Logged]:
    """Read answers as ``POST /v1/ask`` gives them, one JSON object per line; of equals the last counts.

    Raises:
        Refusal: the file is missing, empty, or a line holds no question and passages.
    """
    logged: dict[str, Logged] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            passages = tuple((p["citation"]["doc_id"], p["text"]) for p in row["passages"])
            logged[row["question"]] = Logged(row["question"], passages)
        except (ValueError, KeyError, TypeError):
            raise Refusal(
                f'{file.name}, line {number} is no answer; it needs "question" and "passages" with "text" and'
                ' "citation", as pincite ask --json prints'
            ) from None
    if not logged:
        raise Refusal(f"no question in {file}")
    return list(logged.values())


def replayed(logged: Sequence[Logged], index: "Index") -> list[Difference]:
    """Ask each question again, for as many passages as were given then (5 when there were none)."""
    deepest = max(len(one.passages) or 5 for one in logged)
    found = index.search_many([one.question for one in logged], deepest)
    return [
        difference(one, [(hit.passage.doc_id, hit.passage.text) for hit in hits])
        for one, hits in zip(logged, found, strict=True)
    ]


def difference(logged: Logged, now: Sequence[Place]) -> Difference:
    """Hold the passages given then against those found now."""
    after = tuple(now[: len(logged.passages) or 5])
    if after == logged.passages:
        return Difference(logged.question, "same", logged.passages, after)
    kind: Literal["reordered", "changed"] = (
        "reordered" if sorted(after) == sorted(logged.passages) else "changed"
    )
    return Difference(logged.question, kind, logged.passages, after)


@click.command()
@click.argument("log", type=_FILE)
@click.option(
    "--index",
    "index_folder",
    type=_FOLDER,
    default=Path("var/index"),
    show_default=True,
    envvar="PINCITE_INDEX",
    show_envvar=True,
    help="The index that is asked now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def replay(context: click.Context, log: Path, index_folder: Path, as_json: bool) -> None:
    """Ask the questions of a log again and show whose passages changed.

    LOG holds answers, one JSON object per line, as POST /v1/ask and pincite ask --json give them.

    Exit status, as of diff: 0, all the same; 1, something differs; 2, LOG or the index cannot be read.
    """
    from index import Index

    logged = read_log(log)
    index = Index.open(index_folder)
    differences = replayed(logged, index)
    changed = [one for one in differences if one.kind != "same"]
    counts = {kind: sum(d.kind == kind for d in differences) for kind in ("same", "reordered", "changed")}
    counts["first_changed"] = sum(one.first_changed for one in differences)
    if as_json:
        rows = [
            {"question": d.question, "kind": d.kind, "before": d.before, "after": d.after} for d in changed
        ]
        click.echo(json.dumps({"generation": index.generation.id} | counts | {"differences": rows}))
    else:
        for one in changed:
            click.echo(_shown(one))
        click.echo(
            f"{len(differences)} questions: {counts['same']} the same, {counts['reordered']} reordered,"
            f" {counts['changed']} changed; another first passage for {counts['first_changed']}"
        )
    context.exit(1 if changed else 0)


def _shown(one: Difference) -> str:
    lines = [f"{one.question}  ({one.kind})"]
    before, after = list(one.before), list(one.after)
    if one.kind == "changed":
        lines += [f"  - {_line(place, rank)}" for rank, place in enumerate(before, 1) if place not in after]
        lines += [f"  + {_line(place, rank)}" for rank, place in enumerate(after, 1) if place not in before]
    else:
        moves = ", ".join(f"{before.index(place) + 1} → {rank}" for rank, place in enumerate(after, 1))
        lines.append(f"  ranks {moves}")
    return "\n".join(lines)


def _line(place: Place, rank: int) -> str:
    doc_id, text = place
    words = " ".join(text.split())
    return f"{rank}. {doc_id}: {words[:_QUOTED]}{'…' if len(words) > _QUOTED else ''}"
