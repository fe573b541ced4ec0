"""The commands ``pincite index list``, ``show``, ``rollback`` and ``prune``."""

import json
from pathlib import Path

import click

from documents import Refusal
from index.checksums import file_faults
from index.generation import (
    KEPT,
    Generation,
    current_id,
    generations_folder,
    ids,
    name_current,
    prune,
)
from index.lock import locked
from index.options import index_option

_MEGABYTE = 1_000_000


@click.group(name="index", short_help="See the generations of the index; go back to an older one.")
def index() -> None:
    """See the generations of the index, go back to an older one, remove what is not needed."""


@index.command(name="list")
@index_option
def list_generations(index_folder: Path) -> None:
    """List the generations, oldest first; a star marks the published one."""
    published = current_id(index_folder)
    for name in _some_ids(index_folder):
        mark = "*" if name == published else " "
        try:
            one = _read(index_folder, name)
        except Refusal as refusal:
            click.echo(f"{mark} {name}  {refusal}")
            continue
        held = f"{one.documents:,} documents, {one.passages:,} passages, {one.size / _MEGABYTE:,.1f} MB"
        click.echo(f"{mark} {name}  {one.built_at}  {held}")


@index.command()
@index_option
@click.argument("generation", required=False)
def show(index_folder: Path, generation: str | None) -> None:
    """Print the manifest of GENERATION, or of the published one."""
    name = _known(index_folder, generation or current_id(index_folder))
    click.echo(json.dumps(_read(index_folder, name).manifest, ensure_ascii=False, indent=2))


@index.command()
@index_option
@click.argument("generation", required=False)
def rollback(index_folder: Path, generation: str | None) -> None:
    """Publish GENERATION again, or the one before the published one.

    Its files are checked first. A service that is running follows within a second or two.
    """
    with locked(index_folder):
        name = _known(index_folder, generation) if generation else _before(index_folder)
        found = _read(index_folder, name)
        if faults := file_faults(found):
            raise Refusal(
                f"the generation {name} is damaged ({faults[0]}); choose another: pincite index list"
            )
        name_current(index_folder, name)
    click.echo(f"generation {name} is published")


@index.command(name="prune")
@index_option
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=KEPT,
    show_default=True,
    help="How many to keep; the published one always is.",
)
def prune_generations(index_folder: Path, keep: int) -> None:
    """Remove the oldest generations."""
    _some_ids(index_folder)
    with locked(index_folder):
        for name in prune(index_folder, keep):
            click.echo(f"removed {name}")


def _read(index_folder: Path, name: str) -> Generation:
    return Generation.read(generations_folder(index_folder) / name)


def _some_ids(index_folder: Path) -> list[str]:
    found = ids(index_folder)
    if not found:
        raise Refusal(f"no index in {index_folder}; build one: pincite rebuild --documents FOLDER")
    return found


def _known(index_folder: Path, name: str | None) -> str:
    if name not in _some_ids(index_folder):
        raise Refusal(f"no generation {name} in {index_folder}; see which there are: pincite index list")
    return str(name)


def _before(index_folder: Path) -> str:
    """The id before the published one; if that one is gone, the newest."""
    published = current_id(index_folder)
    older = [name for name in _some_ids(index_folder) if published is None or name < published]
    if not older:
        raise Refusal(f"no generation before {published} in {index_folder}; see: pincite index list")
    return older[-1]
