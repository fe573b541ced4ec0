"""The command ``pincite rebuild``."""

from functools import partial
from pathlib import Path

import click

from documents import Refusal, Unread, read_folder
from index.embedder import Embedder
from index.options import index_option
from index.progress import shown
from index.rebuild import Plan, RebuildSummary, plan_folder, rebuild_folder
from index.report import write_report
from index.watch import state_of, wait_for_change

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
@index_option
@click.option(
    "--embedder",
    envvar="PINCITE_EMBEDDER",
    show_envvar=True,
    help="A sentence-transformers name or folder; without it the bundled all-MiniLM-L6-v2.",
)
@click.option("--include", multiple=True, metavar="PATTERN", help="Read only what matches, as in .gitignore.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over what matches.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what became of each file: JSON into a .json file, else lines.",
)
@click.option("--full", is_flag=True, help="Take nothing over from the published index.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and how long it would take.")
@click.option("--watch", is_flag=True, help="Stay, and rebuild whenever the documents change.")
def rebuild(
    documents_folder: Path,
    index_folder: Path,
    embedder: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    report: Path | None,
    full: bool,
    dry_run: bool,
    watch: bool,
) -> None:
    """Index a folder of documents and publish the result.

    Files that have not changed are taken over from the published index, and the result is the same as
    without it. The index that is being served stays as it is until the new one is whole.
    """
    # What is no folder, or no pattern, is refused before anything slow.
    read_folder(documents_folder, include=include, exclude=exclude)
    with shown() as progress:
        progress("loading embedder", 0, None)
        model = Embedder.load(embedder)
        if dry_run:
            plan = plan_folder(
                documents_folder, index_folder, model, full=full, include=include, exclude=exclude
            )
            click.echo(planned(plan))
            return
        again = partial(
            rebuild_folder, documents_folder, index_folder, model, include=include, exclude=exclude
        )
        state = state_of(documents_folder, leave_out=index_folder)
        _tell(again(full=full, progress=progress), report)
    while watch:
        state = wait_for_change(documents_folder, state, leave_out=index_folder)
        try:
            _tell(again(), report)
        except Refusal as refusal:
            click.echo(f"pincite: {refusal}", err=True)


def _tell(summary: RebuildSummary, report: Path | None) -> None:
    if report is not None:
        write_report(summary.files, report)
    click.echo(described(summary))


def planned(plan: Plan) -> str:
    """The plan as a person reads it."""
    took = "nothing was measured yet" if plan.seconds is None else f"about {plan.seconds:,.0f} s"
    return "\n".join(
        [
            f"{plan.changes.described()}; {_counted_unread(plan.unread)}",
            f"{plan.fresh:,} of {plan.passages:,} passages to embed; {took}",
            *_named(plan.unread),
        ]
    )


def described(summary: RebuildSummary) -> str:
    """The summary as a person reads it, every unread file by name and reason (a few, then a count)."""
    counted = f"{summary.documents:,} documents, {summary.passages:,} passages"
    kept = f"{summary.reused:,} unchanged" + (f", {summary.resumed:,} resumed" if summary.resumed else "")
    return "\n".join(
        [
            f"{counted} ({kept}), {_counted_unread(summary.unread)}; {summary.seconds:.1f} s",
            f"generation {summary.generation.id}: {summary.changes.described()}",
            *_named(summary.unread),
        ]
    )


def _counted_unread(unread: tuple[Unread, ...]) -> str:
    skipped, failed = (sum(file.kind == kind for file in unread) for kind in ("skipped", "failed"))
    return f"{skipped:,} skipped, {failed:,} failed"


def _named(unread: tuple[Unread, ...]) -> list[str]:
    lines = []
    for kind in ("failed", "skipped"):
        files = [file for file in unread if file.kind == kind]
        lines += [f"  {kind} {file.path}: {file.reason}" for file in files[:NAMED]]
        if len(files) > NAMED:
            lines.append(f"  … and {len(files) - NAMED:,} more {kind}")
    return lines
