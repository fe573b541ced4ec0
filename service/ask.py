"""`pincite ask`: one question from the shell."""

import time
import unicodedata
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.command import index_options, opened_index
from service.question import MOST_PASSAGES, USUAL_PASSAGES, checked_question

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from service.models import AskResponse, Citation, FoundPassage

INDENT = 3


@click.command(short_help="Ask one question.")
@click.argument("question")
@index_options
@click.option(
    "--top-k",
    type=click.IntRange(1, MOST_PASSAGES),
    default=USUAL_PASSAGES,
    show_default=True,
    help="How many passages to print, at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that the HTTP interface gives.")
def ask(question: str, index_folder: Path, embedder: str | None, top_k: int, as_json: bool) -> None:
    """Print the passages that bear on QUESTION, best first, each with its citation."""
    checked = checked_question(question)
    index = opened_index(index_folder, embedder)

    from service.answer import answer_question

    response = answer_question(
        index, checked, top_k, request_id=uuid.uuid4().hex, arrived=time.perf_counter()
    )
    if as_json:
        click.echo(response.model_dump_json(indent=2))
    else:
        print_passages(response)


def print_passages(response: "AskResponse") -> None:
    """Print for a person: emphasis and folded lines on a terminal, plain whole lines elsewhere."""
    from rich.console import Console

    console = Console(highlight=False)
    if not response.passages:
        console.print("nothing found")
    for passage in response.passages:
        print_passage(console, passage)


def print_passage(console: "Console", passage: "FoundPassage") -> None:
    """Print the title, the place and the words of one passage."""
    from rich.padding import Padding
    from rich.text import Text

    citation = passage.citation
    heading = f"{passage.rank}. {printable(citation.title)}  (score {passage.score:.3f})"
    console.print(Text(heading, style="bold"), soft_wrap=True)
    console.print(Text(" " * INDENT + place(citation), style="dim"), soft_wrap=True)
    words = quoted(passage)
    if console.is_terminal:
        console.print(Padding(words, (0, 0, 0, INDENT)))
    else:
        for line in words.split("\n", allow_blank=True):
            console.print(Text(" " * INDENT) + line if line else line, soft_wrap=True)
    console.print()


def place(citation: "Citation") -> str:
    """Say where the words stand: document, headings, page, offsets."""
    headings = [heading for heading in citation.section if heading != citation.title]
    parts = [
        citation.doc_id,
        " › ".join(headings),
        "" if citation.page is None else f"page {citation.page}",
        f"characters {citation.start}–{citation.end}",
    ]
    return printable(", ".join(part for part in parts if part))


def quoted(passage: "FoundPassage") -> "Text":
    """Return the passage's words, the highlighted ones emphasised."""
    from rich.text import Text

    words = Text()
    written = start = passage.citation.start
    for highlight in passage.highlights:
        words.append(printable(passage.text[written - start : highlight.start - start]))
        words.append(printable(passage.text[highlight.start - start : highlight.end - start]), style="bold")
        written = highlight.end
    words.append(printable(passage.text[written - start :]))
    return words


def printable(text: str) -> str:
    """Take out what would command the terminal: a document's text is not to be trusted with that."""
    return "".join(
        character if character in "\n\t" or unicodedata.category(character) != "Cc" else ""
        for character in text
    )
