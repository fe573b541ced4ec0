"""What an evaluation found, for a terminal and as one JSON object."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.gate import BelowFloor, Comparison
from eval.results import DataSetResult, Results, pooled

_CHANGES_SHOWN = 10
_WIDE = 400


def summary_console() -> Console:
    """Standard output; where it is kept and not looked at, lines are not broken."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDE)


def print_results(results: Results, console: Console) -> None:
    """What was asked of what, a table of measures, and the legs where they were compared."""
    for result in results.data_sets:
        console.print(_asked(result), highlight=False, soft_wrap=True)
    columns = {result.name: result.measures for result in results.data_sets}
    whole = pooled(results.data_sets)
    columns |= {f"{name} (all)": measures for name, measures in whole.items() if name not in columns}
    if len(whole) > 1:
        columns["mean"] = results.measures
    _print_table("", columns, console)
    for result in results.data_sets:
        if result.legs:
            _print_legs(result, console)


def print_comparisons(comparisons: Mapping[str, Comparison], results: Results, console: Console) -> None:
    """Each comparison, with the words of the questions that changed."""
    texts = {q.question_id: q.text or "" for result in results.data_sets for q in result.questions}
    for name, comparison in comparisons.items():
        print_comparison(name, comparison, texts, console)


def print_comparison(name: str, comparison: Comparison, texts: Mapping[str, str], console: Console) -> None:
    """Before and after, and the questions that changed most."""
    low, high = comparison.interval
    verdict = "fell" if comparison.fell else "rose" if comparison.rose else "no significant change"
    p = comparison.p_worse if comparison.after <= comparison.before else comparison.p_better
    console.print(
        f"{name}: {comparison.measure} {comparison.before:.4f} → {comparison.after:.4f}"
        f" ({comparison.after - comparison.before:+.4f}, 95 % {low:+.4f} to {high:+.4f}, p = {p:.4f}):"
        f" {verdict}."
        f" {comparison.wins} better, {comparison.losses} worse, {comparison.ties} the same",
        highlight=False,
        soft_wrap=True,
    )
    falls = [change for change in comparison.changes if change[2] < change[1]]
    rises = [change for change in reversed(comparison.changes) if change[2] > change[1]]
    for changes in (falls, rises):
        for question_id, before, after in changes[:_CHANGES_SHOWN]:
            text = texts.get(question_id, "")
            console.print(
                f"  {before:.3f} → {after:.3f}  {question_id}  {text}", highlight=False, markup=False
            )
        if len(changes) > _CHANGES_SHOWN:
            console.print(f"  … and {len(changes) - _CHANGES_SHOWN} more", highlight=False)


def print_floors(below: Sequence[BelowFloor], console: Console) -> None:
    """What does not reach its floor."""
    for one in below:
        value = "not measured" if one.value is None else f"{one.value:.4f}"
        console.print(
            f"{one.data_set}: {one.measure} {value}, below its floor {one.floor:.4f}", highlight=False
        )


def as_object(
    results: Results, comparisons: Mapping[str, Comparison], below: Sequence[BelowFloor], passed: bool
) -> dict[str, Any]:
    """The whole verdict as one JSON object, without the values by question."""
    return {
        "measures": results.measures,
        "data_sets": {result.name: _data_set_object(result) for result in results.data_sets},
        "gate": {
            "passed": passed,
            "comparisons": {name: comparison_object(c) for name, c in comparisons.items()},
            "below_floors": [
                {"data_set": b.data_set, "measure": b.measure, "value": b.value, "floor": b.floor}
                for b in below
            ],
        },
        "settings": results.settings,
        "commit": results.commit,
        "created": results.created,
        "machine": results.machine,
    }


def _asked(result: DataSetResult) -> str:
    answerable = sum(question.answerable for question in result.questions)
    rate = result.build.passages_per_second if result.build else None
    return (
        f"{result.name}: {answerable:,} answerable and {len(result.questions) - answerable:,} unanswerable"
        f" questions of {result.generation['passages']:,} passages in {result.generation['documents']:,}"
        f" documents; p50 {result.latency.p50:.1f} ms, p99 {result.latency.p99:.1f} ms"
        + (f"; built at {rate:,.0f} passages/s" if rate else "")
    )


def _print_table(title: str, columns: Mapping[str, Mapping[str, float]], console: Console) -> None:
    """Measures down the side; sets across, or down when they are many."""
    names = list(dict.fromkeys(name for measures in columns.values() for name in measures))
    table = Table(title=title or None, box=None, title_justify="left", header_style="bold")
    across, down = (list(columns), names) if len(columns) <= 4 else (names, list(columns))
    table.add_column("")
    for heading in across:
        table.add_column(heading, justify="right")
    for row in down:
        cells = [columns[c].get(row) if across[0] in columns else columns[row].get(c) for c in across]
        table.add_row(row, *("–" if cell is None else f"{cell:.4f}" for cell in cells))
    console.print(table)


def _print_legs(result: DataSetResult, console: Console) -> None:
    table = Table(title=f"{result.name}: rankings", box=None, title_justify="left", header_style="bold")
    table.add_column("")
    for name in result.legs[0].measures:
        table.add_column(name, justify="right")
    for leg in result.legs:
        cells = []
        for name, value in leg.measures.items():
            low, high = leg.intervals[name]
            cells.append(f"{value:.4f} ±{(high - low) / 2:.3f}")
        table.add_row(leg.name, *cells)
    console.print(table)


def _data_set_object(result: DataSetResult) -> dict[str, Any]:
    return {
        "questions": len(result.questions),
        "measures": result.measures,
        "intervals": result.intervals,
        "generation": result.generation,
        "latency_ms": {"p50": result.latency.p50, "p99": result.latency.p99},
        "passages_per_second": result.build.passages_per_second if result.build else None,
        "legs": {leg.name: {"measures": leg.measures, "intervals": leg.intervals} for leg in result.legs},
    }


def comparison_object(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "measure": comparison.measure,
        "questions": comparison.questions,
        "before": comparison.before,
        "after": comparison.after,
        "interval": comparison.interval,
        "p_worse": comparison.p_worse,
        "p_better": comparison.p_better,
        "fell": comparison.fell,
        "rose": comparison.rose,
        "wins": comparison.wins,
        "losses": comparison.losses,
        "ties": comparison.ties,
        "changed": comparison.changes,
    }
