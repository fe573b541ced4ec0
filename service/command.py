"""The `pincite` command: finds each room's commands, and tells a refusal in one line."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from documents import Refusal
from index import Index
from index.options import index_option

COMMANDS = "pincite.commands"
INTERRUPTED = 130

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class RefusedCommand(click.ClickException):
    """A refusal on its way to the terminal: one line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        click.echo(f"pincite: {self.message}", file=file, err=True)


class Commands(click.Group):
    """A group that knows its commands by entry point, and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in alphabetical order."""
        return sorted({entry.name for entry in entry_points(group=COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command; None when there is none of that name."""
        found = list(entry_points(group=COMMANDS, name=cmd_name))
        return loaded(found[0]) if found else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Only what a person can mend becomes one line; a bug keeps its traceback."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise RefusedCommand(str(refusal)) from refusal
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def loaded(entry: EntryPoint) -> click.Command:
    """Import the command behind an entry point."""
    command = entry.load()
    if not isinstance(command, click.Command):
        raise TypeError(f"entry point {entry.name} = {entry.value} is no click command")
    return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pincite", message="pincite %(version)s")
def main() -> None:
    """Ask a folder of documents; get passages whose citations re-open the exact words."""


def index_options(command: Decorated) -> Decorated:
    """Add `--index`, `--embedder`, `--reranker` and `--ranking`, which `opened_index` takes."""
    embedder = click.option(
        "--embedder",
        envvar="PINCITE_EMBEDDER",
        show_envvar=True,
        help="The embedding model, by name or folder.  [default: the one that the index was built with]",
    )
    reranker = click.option(
        "--reranker",
        envvar="PINCITE_RERANKER",
        show_envvar=True,
        help="A cross-encoder that has the last word on the order, by name or folder.  [default: none]",
    )
    ranking = click.option(
        "--ranking",
        envvar="PINCITE_RANKING",
        show_envvar=True,
        help='Weights of the evidence, e.g. "dense=0.5 sentence=0.5 lexical=0.6", which is the default.',
    )
    return index_option(embedder(reranker(ranking(command))))


def opened_index(
    index_folder: Path, embedder: str | None, reranker: str | None = None, ranking: str | None = None
) -> Index:
    """Open the published generation; a refusal says how to build one."""
    from index import Embedder, Ranking, Reranker

    weights = Ranking.of(ranking) if ranking is not None else None
    return Index.open(
        index_folder,
        Embedder.load(embedder) if embedder is not None else None,
        Reranker.load(reranker) if reranker is not None else None,
        weights,
    )
