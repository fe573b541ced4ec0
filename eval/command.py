"""The command ``pincite eval``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from documents import Refusal
from eval.compare import compare
from eval.draft import draft
from eval.replay import replay

if TYPE_CHECKING:
    from eval.experiment import Asked
    from eval.gate import BelowFloor, Comparison
    from eval.results import Results
    from eval.sources import Source

CACHE = Path("var/eval")
RESULTS = Path("eval/results")

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Results held against a baseline and floors."""

    results: "Results"
    comparisons: "Mapping[str, Comparison]" = field(default_factory=dict)
    below: "Sequence[BelowFloor]" = ()

    @property
    def passed(self) -> bool:
        return not self.below and not any(comparison.fell for comparison in self.comparisons.values())


@click.group(invoke_without_command=True)
@click.option(
    "--dataset", "datasets", multiple=True, type=_FOLDER, help="A folder in BEIR layout. May be repeated."
)
@click.option("--questions", type=_FILE, help="Your own judged questions (JSON Lines); needs --index.")
@click.option("--index", "index_folder", type=_FOLDER, help="The index that --questions are asked of.")
@click.option("--drafts", is_flag=True, help="Ask questions marked as drafts too.")
@click.option("--limit", type=click.IntRange(1), help="Ask only so many questions, always the same ones.")
@click.option(
    "--corpus-limit",
    type=click.IntRange(1),
    help="Index only so many documents: all that the questions judge, and always the same others.",
)
@click.option("--off-topic", type=_FOLDER, help="Ask this data set's questions too, as unanswerable ones.")
@click.option("--compare-legs", is_flag=True, help="Measure each leg and two customary fusions beside.")
@click.option("--baseline", type=_FILE, help="Earlier results; exit 1 when quality fell since.")
@click.option("--floors", type=_FILE, help="JSON {data set: {measure: least value}}; exit 1 below one.")
@click.option("--save-baseline", type=_FILE, help="Write results without any text, to compare with later.")
@click.option("--output", type=_FILE, help=f"Where the results go; else a new file in {RESULTS}.")
@click.option("--report", type=_FILE, help="Write a report: one HTML file, nothing loaded from elsewhere.")
@click.option("--run-file", type=_FILE, help="Write the rankings as a TREC run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--cache", type=_FOLDER, default=CACHE, show_default=True, help="Where indexes of data sets are kept."
)
@click.option(
    "--embedder",
    envvar="PINCITE_EMBEDDER",
    show_envvar=True,
    help="A sentence-transformers name or folder; without it the bundled all-MiniLM-L6-v2.",
)
@click.pass_context
def evaluate(
    context: click.Context,
    datasets: tuple[Path, ...],
    questions: Path | None,
    index_folder: Path | None,
    drafts: bool,
    limit: int | None,
    corpus_limit: int | None,
    off_topic: Path | None,
    compare_legs: bool,
    baseline: Path | None,
    floors: Path | None,
    save_baseline: Path | None,
    output: Path | None,
    report: Path | None,
    run_file: Path | None,
    as_json: bool,
    cache: Path,
    embedder: str | None,
) -> None:
    """Ask questions with known answers and measure what comes back.

    Without options: the judged sample questions, over an index of the sample documents.

    Exit status: 0, quality is as it should be (or nothing was compared); 1, quality fell significantly
    against --baseline or is below one of --floors; 2, something is missing or wrong in what was given.
    """
    if context.invoked_subcommand is not None:
        return
    from eval.results import as_baseline, read_results, write_results
    from eval.sources import narrowed, sources

    before = read_results(baseline) if baseline else None
    least = read_floors(floors) if floors else {}
    found = [
        narrowed(source, limit, corpus_limit, off_topic)
        for source in sources(datasets, questions, index_folder, drafts)
    ]
    results, asked = _ask(found, cache, embedder, compare_legs)
    verdict = _judge(results, before, least)
    write_results(results, output or _new_file(results))
    if save_baseline:
        write_results(as_baseline(results), save_baseline)
    if run_file:
        from eval.trec import write_run

        write_run(asked, run_file)
    if report:
        from eval.report import write_report

        write_report(results, report, verdict.comparisons, verdict.below)
    _print(verdict, as_json)
    context.exit(0 if verdict.passed else 1)


for _subcommand in (compare, draft, replay):
    evaluate.add_command(_subcommand)


def read_floors(file: Path) -> dict[str, dict[str, float]]:
    """The least value of measures by data set. Refusal: the file is missing or holds something else."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return {name: {m: float(least) for m, least in floors.items()} for name, floors in raw.items()}
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError):
        raise Refusal(f'{file} holds no floors; they look like {{"samples": {{"nDCG@10": 0.9}}}}') from None


def _ask(
    found: "Sequence[Source]", cache: Path, embedder: str | None, compare_legs: bool
) -> "tuple[Results, list[Asked]]":
    from eval.evaluation import evaluate_data_set, ranking_settings
    from eval.results import collect
    from eval.sources import opened
    from index.progress import shown

    evaluated = []
    with shown() as progress:
        for index, build, data_set in opened(found, cache, embedder, progress):

            def show(done: int, total: int, stage: str = f"asking {data_set.name}") -> None:
                progress(stage, done, total)

            evaluated.append(
                evaluate_data_set(index, data_set, build=build, with_legs=compare_legs, progress=show)
            )
    results = collect({"ranking": ranking_settings(None)}, tuple(result for result, _ in evaluated))
    return results, [one for _, experiment in evaluated for one in experiment.asked]


def _judge(results: "Results", before: "Results | None", floors: dict[str, dict[str, float]]) -> _Verdict:
    from eval.gate import below_floors, compare_results
    from eval.results import pooled

    measured = {result.name: result.measures for result in results.data_sets} | pooled(results.data_sets)
    comparisons = compare_results(before, results) if before else {}
    return _Verdict(results, comparisons, below_floors(floors, measured))


def _new_file(results: "Results") -> Path:
    stamp = results.created.replace(":", "").replace("-", "").partition("+")[0]
    names = "-".join(dict.fromkeys(one.name.split("/")[0].split(" ")[0] for one in results.data_sets))
    return RESULTS / f"{stamp}Z-{names[:80]}.json"


def _print(verdict: _Verdict, as_json: bool) -> None:
    from eval.summary import as_object, print_comparisons, print_floors, print_results, summary_console

    if as_json:
        click.echo(json.dumps(as_object(verdict.results, verdict.comparisons, verdict.below, verdict.passed)))
        return
    console = summary_console()
    print_results(verdict.results, console)
    print_comparisons(verdict.comparisons, verdict.results, console)
    print_floors(verdict.below, console)
