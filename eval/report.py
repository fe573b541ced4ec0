"""The report: one HTML file that shows how good the answers are, and why not better."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.gate import BelowFloor, Comparison
from eval.plots import Series, histogram, lines
from eval.results import DataSetResult, Results, pooled

_TEMPLATE = "report.html"


def write_report(
    results: Results,
    file: Path,
    comparisons: Mapping[str, Comparison] | None = None,
    below: Sequence[BelowFloor] = (),
) -> None:
    """Write the report. It loads nothing: styles and plots are inside, and there is no script."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    measures = list(dict.fromkeys(name for part in results.data_sets for name in part.measures))
    parts = {part.name for part in results.data_sets}
    text = environment.get_template(_TEMPLATE).render(
        results=results,
        measures=measures,
        wholes={name: values for name, values in pooled(results.data_sets).items() if name not in parts},
        sections=[_section(result) for result in results.data_sets],
        comparisons=comparisons or {},
        below=below,
        texts={q.question_id: q.text for result in results.data_sets for q in result.questions},
        gated=bool(comparisons or below),
        passed=not below and not any(one.fell for one in (comparisons or {}).values()),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _section(result: DataSetResult) -> dict[str, Any]:
    from markupsafe import Markup

    return {
        "result": result,
        "answerable": sum(question.answerable for question in result.questions),
        "plots": [
            (title, note, Markup(svg))  # noqa: S704 - drawn by eval.plots, which escapes every word
            for title, note, svg in _plots(result)
        ],
    }


def _plots(result: DataSetResult) -> list[tuple[str, str, str]]:
    plots = [
        (
            "By rank",
            "How often the passage at a rank is relevant, and how often one up to that rank is.",
            _by_rank(result),
        )
    ]
    if result.abstention:
        plots.append(
            (
                "Risk and coverage",
                "If only the most confident questions were answered, so many answers would be wrong.",
                lines(
                    [Series("share answered wrongly", result.abstention.risk_coverage, "b")],
                    "share of questions answered",
                    "risk",
                    (0.0, 1.0),
                ),
            )
        )
    plots.append(
        (
            "Confidence",
            "The further the two stand apart, the better the service can know that it does not know.",
            _confidences(result),
        )
    )
    plots.append(
        (
            "Latency",
            f"One question at a time: median {result.latency.p50:.1f} ms, p99 {result.latency.p99:.1f} ms.",
            histogram([("questions", result.latency.milliseconds, "a")], "milliseconds", "share"),
        )
    )
    return plots


def _by_rank(result: DataSetResult) -> str:
    answerable = [question for question in result.questions if question.answerable]
    ranks = range(1, len(result.precision) + 1)
    reached = [
        (
            float(rank),
            sum(q.first_relevant is not None and q.first_relevant <= rank for q in answerable)
            / len(answerable),
        )
        for rank in ranks
    ]
    at_rank = [(float(rank), share) for rank, share in zip(ranks, result.precision, strict=True)]
    series = [Series("found by this rank", reached, "a"), Series("relevant at this rank", at_rank, "b")]
    return lines(series, "rank", "share", (1, max(2, len(result.precision))))


def _confidences(result: DataSetResult) -> str:
    kinds = [
        (name, [q.confidence for q in result.questions if q.answerable is answerable], style)
        for name, answerable, style in (("answerable", True, "a"), ("unanswerable", False, "b"))
    ]
    return histogram([kind for kind in kinds if kind[1]], "confidence", "share")
