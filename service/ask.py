"""`pincite ask`: one question from the shell."""

import time
import unicodedata
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index import Filter
from service.command import index_options, opened_index
from service.question import MOST_PASSAGES, USUAL_PASSAGES, checked_question

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from service.models import AskResponse, Citation, FoundPassage

INDENT = 3
DAY = click.DateTime(["%Y-%m-%d"])


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
@click.option("--folder", help="Only documents below this folder.")
@click.option("--from", "published_from", type=DAY, help="Only documents of this day or later.")
@click.option("--to", "published_to", type=DAY, help="Only documents of this day or earlier.")
@click.option("--all-copies", is_flag=True, help="Give near-duplicates places of their own.")
@click.option("--explain", is_flag=True, help="Say what each word and each similarity adds to a score.")
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that the HTTP interface gives.")
def ask(
    question: str,
    index_folder: Path,
    embedder: str | None,
    reranker: str | None,
    ranking: str | None,
    top_k: int,
    folder: str | None,
    published_from: datetime | None,
    published_to: datetime | None,
    all_copies: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Print the passages that bear on QUESTION, best first, each with its citation."""
    checked = checked_question(question)
    index = opened_index(index_folder, embedder, reranker, ranking)

    from service.answer import Asked, answer_question

    filter_ = Filter(
        folder=folder,
        published_from=published_from.date().isoformat() if published_from else None,
        published_to=published_to.date().isoformat() if published_to else None,
    )
    asked = Asked(
        checked,
        top_k,
        filter_=filter_ if filter_ != Filter() else None,
        diversity=not all_copies,
        explain=explain,
    )
    response = answer_question(index, asked, request_id=uuid.uuid4().hex, arrived=time.perf_counter())
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
    for note in notes(passage):
        console.print(Text(" " * INDENT + note, style="dim"), soft_wrap=True)
    console.print()


def notes(passage: "FoundPassage") -> list[str]:
    """Say where else the words stand, and why the passage was found, as far as that was asked for."""
    lines = [f"also, nearly word for word: {place(other.citation)}" for other in passage.duplicates]
    why = passage.explanation
    if why is not None:
        lines.append(
            f"why: passage {why.dense:.3f} + best sentence {why.sentence:.3f} + words {why.lexical:.3f}"
        )
        lines += [f"     {printable(word.term)} {word.adds:.3f} of {word.weight:.3f}" for word in why.words]
    return lines


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
