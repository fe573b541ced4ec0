"""The command ``pincite rebuild``."""

from pathlib import Path

import click

from documents import Refusal, Unread, read_folder
from index.embedder import Embedder
from index.progress import shown
from index.rebuild import RebuildSummary, rebuild_from

INDEX_FOLDER = Path("var/index")
# How many of the files that gave no document are named one by one.
NAMED = 20


@click.command()
@click.option(
    "--documents",
    "documents_folder",
    required=True,
    type=click.Path(path_type=Path),
    envvar="PINCITE_DOCUMENTS",
    show_envvar=True,
    help="Folder of documents, read with everything below it.",
)
@click.option(
    "--index",
    "index_folder",
    type=click.Path(path_type=Path),
    default=INDEX_FOLDER,
    show_default=True,
    envvar="PINCITE_INDEX",
    show_envvar=True,
    help="Folder of the index.",
)
@click.option(
    "--embedder",
    envvar="PINCITE_EMBEDDER",
    show_envvar=True,
    help="A sentence-transformers name or folder; without it the bundled all-MiniLM-L6-v2.",
)
def rebuild(documents_folder: Path, index_folder: Path, embedder: str | None) -> None:
    """Index a folder of documents and publish the result.

    The index that is being served stays as it is until the new one is whole.
    """
    readings = read_folder(documents_folder)
    with shown() as progress:
        progress("loading embedder", 0, None)
        model = Embedder.load(embedder)
        try:
            summary = rebuild_from(readings, index_folder, model, progress=progress)
        except Refusal as refusal:
            raise Refusal(f"{documents_folder}: {refusal}") from refusal
    click.echo(described(summary))


def described(summary: RebuildSummary) -> str:
    """The summary as a person reads it, every unread file by name and reason (a few, then a count)."""
    counted = f"{summary.documents:,} documents, {summary.passages:,} passages"
    unread = f"{_count(summary.unread, 'skipped')}, {_count(summary.unread, 'failed')}"
    lines = [
        f"{counted} ({summary.reused:,} unchanged), {unread}; {summary.seconds:.1f} s",
        f"generation {summary.generation.id}",
    ]
    for kind in ("failed", "skipped"):
        files = [unread for unread in summary.unread if unread.kind == kind]
        lines += [f"  {kind} {unread.path}: {unread.reason}" for unread in files[:NAMED]]
        if len(files) > NAMED:
            lines.append(f"  … and {len(files) - NAMED:,} more {kind}")
    return "\n".join(lines)


def _count(unread: tuple[Unread, ...], kind: str) -> str:
    return f"{sum(file.kind == kind for file in unread):,} {kind}"
