"""`pincite serve`: the HTTP interface, in one process."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from documents import Refusal
from service.command import index_options, opened_index

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

# Room for an address that holds a question far too long, so that it is told so in a problem document.
MOST_HEAD_BYTES = 256 * 1024
SECONDS_TO_FINISH = 10


@click.command(short_help="Serve questions over HTTP.")
@index_options
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="PINCITE_HOST",
    show_default=True,
    show_envvar=True,
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    envvar="PINCITE_PORT",
    show_default=True,
    show_envvar=True,
    help="The port to listen on; 0 for any that is free.",
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="PINCITE_DOCUMENTS",
    show_envvar=True,
    help="The folder that POST /v1/index/rebuild reads.  [default: the one that the index was built from]",
)
def serve(
    index_folder: Path,
    embedder: str | None,
    reranker: str | None,
    ranking: str | None,
    host: str,
    port: int,
    documents: Path | None,
) -> None:
    """Serve questions over HTTP until interrupted.

    POST /v1/ask answers a question; /docs shows every address. When a new index is published in the folder,
    the service goes over to it between two questions.
    """
    with bound(host, port) as listener:
        index = opened_index(index_folder, embedder, reranker, ranking)

        from service.application import create_application

        server = configured_server(create_application(index, documents))
        generation = index.generation
        held = f"{generation.passages:,} passages of {generation.documents:,} documents"
        listener.listen()  # from here on a caller waits instead of being turned away
        click.echo(f"pincite: serving {held} at http://{address(listener)} (see /docs)", err=True)
        server.run(sockets=[listener])


def configured_server(application: "FastAPI") -> "uvicorn.Server":
    """Return the server for an application; ``run`` it with the sockets to listen on."""
    import uvicorn

    config = uvicorn.Config(
        application,
        http="h11",  # the one that lets the size of a request's head be set
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        log_level="warning",
        access_log=False,  # an address can hold a question, and questions are not logged
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    return uvicorn.Server(config)


def bound(host: str, port: int) -> socket.socket:
    """Take the address, without listening yet: until there is an index, callers should be turned away."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Refusal(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another --host or --port"
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """Return host and port as they stand in a URL."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
