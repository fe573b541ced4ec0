"""The command ``pincite compile``."""

import time
from pathlib import Path

import click

from documents import Refusal


@click.command(name="compile", short_help="Compile an embedder ahead of its first use.")
@click.option(
    "--embedder",
    envvar="PINCITE_EMBEDDER",
    show_envvar=True,
    help="A sentence-transformers name or folder; without it the bundled all-MiniLM-L6-v2.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="PINCITE_CACHE",
    show_envvar=True,
    help="Folder of compiled embedders.  [default: the user's cache folder]",
)
@click.option("--force", is_flag=True, help="Compile it again, whether or not that was done.")
def compile_embedder(embedder: str | None, cache: Path | None, force: bool) -> None:
    """Compile an embedder, so that the first question or rebuild need not wait for it.

    Every command does the same when it first needs an embedder. A compiled embedder starts at once, takes
    less memory and gives nearly the same vectors; an index keeps to the form that it was built with.
    """
    from index.compilation import Cache, CompilationError
    from index.original import BUNDLED, Original

    name = embedder or BUNDLED
    compiled = Cache.at(cache)
    began = time.monotonic()
    if not force and (found := compiled.find(name)):
        click.echo(f"{name} is compiled already ({found.form}), in {compiled.folder}")
        return
    try:
        made = compiled.compile(name, Original.open(name), force=force)
    except CompilationError as error:
        raise Refusal(f"the embedder {name!r} cannot be compiled and will run as it is: {error}") from error
    except OSError as error:
        raise Refusal(f"{compiled.folder} cannot be written: {error}; choose another --cache") from error
    click.echo(f"compiled {name} ({made.form}) into {compiled.folder}, {time.monotonic() - began:.1f} s")
