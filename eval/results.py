"""What an evaluation found, as a file that can be kept, compared and drawn."""

import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from documents import Refusal
from eval.abstention import Abstention
from eval.cache import Build
from eval.experiment import Latency
from eval.measures import mean

FORMAT = 1


@dataclass(frozen=True, slots=True)
class HitResult:
    """A returned passage; ``text`` is kept only for the questions that went worst."""

    passage_id: str
    score: float
    grade: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question's values and first passages. A baseline keeps neither text nor passages."""

    question_id: str
    answerable: bool
    confidence: float
    values: dict[str, float]
    first_relevant: int | None = None
    text: str | None = None
    hits: tuple[HitResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Worst:
    """A question that went badly: what was judged (doc_id, grade, quote or answers) and what was returned."""

    question_id: str
    text: str
    value: float
    judged: tuple[tuple[str, int, str], ...]
    hits: tuple[HitResult, ...]


@dataclass(frozen=True, slots=True)
class LegResult:
    """One ranking's means and their 95 % intervals."""

    name: str
    measures: dict[str, float]
    intervals: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class DataSetResult:
    """Everything about one data set. ``generation`` names the index that was asked.

    ``precision`` is the share of answerable questions whose passage at rank 1, 2, … is relevant.
    """

    name: str
    by_span: bool
    questions_fingerprint: str
    generation: dict[str, Any]
    measures: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    precision: tuple[float, ...]
    abstention: Abstention | None
    latency: Latency
    build: Build | None
    questions: tuple[QuestionResult, ...]
    worst: tuple[Worst, ...] = ()
    legs: tuple[LegResult, ...] = ()

    def values(self, measure: str) -> dict[str, float]:
        """One measure by question, where it applies."""
        return {q.question_id: q.values[measure] for q in self.questions if measure in q.values}


@dataclass(frozen=True, slots=True)
class Results:
    """An evaluation.

    ``measures`` are means over the data sets, each of which counts the same; the parts of one
    (``data set/part``) are taken together question by question first.
    """

    created: str
    commit: str | None
    machine: dict[str, str | int]
    settings: dict[str, Any]
    measures: dict[str, float]
    data_sets: tuple[DataSetResult, ...]
    format: int = field(default=FORMAT)


def collect(settings: Mapping[str, Any], data_sets: tuple[DataSetResult, ...]) -> Results:
    """Put the results of the data sets together with when, by what and where they were made."""
    return Results(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(),
        machine={
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count() or 0,
            "python": platform.python_version(),
        },
        settings=dict(settings),
        measures=mean(pooled(data_sets)),
        data_sets=data_sets,
    )


def pooled(data_sets: tuple[DataSetResult, ...]) -> dict[str, dict[str, float]]:
    """The measures of each data set, those of parts as means over all their questions."""
    parts: dict[str, list[DataSetResult]] = {}
    for result in data_sets:
        parts.setdefault(result.name.partition("/")[0], []).append(result)
    return {name: _together(results) for name, results in parts.items()}


def _together(parts: list[DataSetResult]) -> dict[str, float]:
    if len(parts) == 1:
        return parts[0].measures
    return mean({f"{part.name} {q.question_id}": q.values for part in parts for q in part.questions})


def as_baseline(results: Results) -> Results:
    """The same without any text of questions or documents: small, and free of other people's data."""

    def bare(result: DataSetResult) -> DataSetResult:
        questions = tuple(replace(q, text=None, hits=(), first_relevant=None) for q in result.questions)
        latency = replace(result.latency, milliseconds=())
        judged = replace(result.abstention, risk_coverage=()) if result.abstention else None
        return replace(result, questions=questions, worst=(), legs=(), latency=latency, abstention=judged)

    return replace(results, data_sets=tuple(bare(result) for result in results.data_sets))


def write_results(results: Results, file: Path) -> None:
    """Write as JSON, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as new:
        json.dump(asdict(results), new, ensure_ascii=False)
        new.write("\n")
    Path(new.name).chmod(0o644)
    Path(new.name).replace(file)


def read_results(file: Path) -> Results:
    """Read what ``write_results`` wrote. Refusal: missing, or not such a file."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise Refusal(f"{file} has format {raw['format']}, this version reads {FORMAT}; evaluate again")
        return Results(**raw | {"data_sets": tuple(_data_set(result) for result in raw["data_sets"])})
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise Refusal(f"{file} holds no results of pincite eval; write some with --output") from None


def _data_set(raw: dict[str, Any]) -> DataSetResult:
    judged = raw["abstention"]
    if judged:
        curve = tuple((coverage, risk) for coverage, risk in judged["risk_coverage"])
        judged = Abstention(**judged | {"risk_coverage": curve})
    return DataSetResult(
        **raw
        | {
            "abstention": judged,
            "intervals": _pairs(raw["intervals"]),
            "precision": tuple(raw["precision"]),
            "latency": Latency(**raw["latency"] | {"milliseconds": tuple(raw["latency"]["milliseconds"])}),
            "build": Build(**raw["build"]) if raw["build"] else None,
            "questions": tuple(QuestionResult(**q | {"hits": _hits(q)}) for q in raw["questions"]),
            "worst": tuple(_worst(one) for one in raw["worst"]),
            "legs": tuple(LegResult(**leg | {"intervals": _pairs(leg["intervals"])}) for leg in raw["legs"]),
        }
    )


def _worst(raw: dict[str, Any]) -> Worst:
    judged = tuple((doc_id, grade, quote) for doc_id, grade, quote in raw["judged"])
    return Worst(**raw | {"judged": judged, "hits": _hits(raw)})


def _hits(raw: dict[str, Any]) -> tuple[HitResult, ...]:
    return tuple(HitResult(**hit) for hit in raw["hits"])


def _pairs(raw: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    return {name: (low, high) for name, (low, high) in raw.items()}


def _commit() -> str | None:
    """The commit of the sources that ran, with ``+`` when they were changed since; None when unknown."""
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - fixed words

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None
