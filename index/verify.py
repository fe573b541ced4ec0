"""The command ``pincite verify``."""

from pathlib import Path

import click

from documents import Refusal
from index.embedder import Embedder
from index.generation import MANIFEST, Generation, current_id, generations_folder, ids
from index.options import index_option
from index.verification import faults_of, source_faults, vector_faults


@click.command(short_help="Check every file and passage of the index.")
@index_option
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Also compare with the files in this folder, and say which have changed since.",
)
def verify(index_folder: Path, sources: Path | None) -> None:
    """Check the published index; exit 1 with a line for each fault.

    The bytes of every file, the counts, every passage against the text of its document, and a sample of
    vectors, which are made again.
    """
    name = current_id(index_folder)
    if name is None:
        raise Refusal(f"no index in {index_folder}; build one: pincite rebuild --documents FOLDER")
    faults, checked = _checked(index_folder, name)
    if sources is not None and not faults:
        faults = list(source_faults(Generation.read(generations_folder(index_folder) / name), sources))
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo(checked)


def _checked(index_folder: Path, name: str) -> tuple[list[str], str]:
    """The faults, and what to say if there are none."""
    if name not in ids(index_folder):
        return [f"CURRENT: names {name!r}, which is not there"], ""
    try:
        generation = Generation.read(generations_folder(index_folder) / name)
    except Refusal as refusal:
        return [f"{MANIFEST}: {refusal}"], ""
    if faults := faults_of(generation):
        return faults, ""
    made_by = generation.manifest["embedder"]
    embedder = Embedder.load(made_by["name"], fingerprint=made_by["fingerprint"])
    if embedder.fingerprint != made_by["fingerprint"]:
        return [f"{MANIFEST}: the embedder {made_by['name']!r} is not the one that made the vectors"], ""
    faults = list(vector_faults(generation, embedder))
    held = f"{len(generation.manifest['files'])} files, {generation.passages:,} passages"
    return faults, f"generation {generation.id}: {held}, all as published"
