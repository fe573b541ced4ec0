"""The options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

INDEX_FOLDER = Path("var/index")

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def index_option(command: _Decorated) -> _Decorated:
    """Add ``--index``, the folder of the index, as ``index_folder``."""
    return click.option(
        "--index",
        "index_folder",
        type=click.Path(path_type=Path),
        default=INDEX_FOLDER,
        show_default=True,
        envvar="PINCITE_INDEX",
        show_envvar=True,
        help="Folder of the index.",
    )(command)
