"""Public data sets in BEIR layout: ``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv``."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents import Document, Refusal, Span
from eval.dataset import DataSet, Judgment, Question
from eval.json_lines import field, rows


def read_beir(folder: Path) -> tuple[DataSet, ...]:
    """Read a folder in BEIR layout.

    Judgments come from ``qrels.tsv`` or ``qrels/test.tsv``. A query with neither a judgment nor
    ``"answerable": false`` is left out, as it is usual. Queries with ``evidence_spans`` are judged by span
    and, as published for that protocol, every document becomes a data set (an index) of its own.

    Raises:
        Refusal: a file is missing or a line cannot be read.
    """
    name = _name(folder)
    missing = next(
        (name for name in ("corpus.jsonl", "queries.jsonl") if not (folder / name).is_file()), None
    )
    if missing:
        raise Refusal(
            f"no file {folder / missing}; a data set is a folder with corpus.jsonl, queries.jsonl"
            " and qrels.tsv"
        )
    documents = tuple(_document(row, where) for row, where in rows(folder / "corpus.jsonl"))
    judged = _qrels(folder)
    questions = tuple(
        question
        for row, where in rows(folder / "queries.jsonl")
        for question in [_beir_question(row, where, judged)]
        if not question.answerable or any(judgment.grade > 0 for judgment in question.judgments)
    )
    if not any(question.by_span for question in questions):
        return (DataSet(name, questions, documents),)
    return tuple(
        DataSet(f"{name}/{document.doc_id}", about, (document,))
        for document in documents
        for about in [
            tuple(question for question in questions if question.judgments[0].doc_id == document.doc_id)
        ]
        if about
    )


def _document(row: Mapping[str, Any], where: str) -> Document:
    text = field(row, "text", where)
    source = hashlib.sha256(text.encode()).hexdigest()
    return Document(field(row, "_id", where), str(row.get("title") or ""), text, source)


def _beir_question(row: Mapping[str, Any], where: str, judged: Mapping[str, Mapping[str, int]]) -> Question:
    question_id = field(row, "_id", where)
    evidence = row.get("evidence_spans")
    if evidence:
        doc_id = str(row.get("corpus_id") or next(iter(judged.get(question_id, {})), ""))
        judgments = tuple(
            Judgment(doc_id, spans=(Span(int(span["start"]), int(span["end"])),)) for span in evidence
        )
    else:
        judgments = tuple(Judgment(doc_id, grade) for doc_id, grade in judged.get(question_id, {}).items())
    answers = tuple(dict.fromkeys(str(answer) for answer in row.get("answers") or ()))
    answerable = bool(row.get("answerable", True))
    return Question(question_id, field(row, "text", where), answerable, answers, judgments)


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    file = next((f for f in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if f.is_file()), None)
    if file is None:
        raise Refusal(f"no qrels.tsv (or qrels/test.tsv) in {folder}: query-id, corpus-id, score, by tabs")
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[-1] == "score"):
            continue
        try:
            question_id, doc_id, grade = cells[0], cells[1], int(cells[2])
        except (IndexError, ValueError):
            raise Refusal(
                f"{file.name}, line {number}: expected query-id, corpus-id and a whole number"
            ) from None
        judged.setdefault(question_id, {})[doc_id] = max(0, grade)
    return judged


def _name(folder: Path) -> str:
    """The data set's own name where ``stats.json`` states one (``xquad/en``), else the folder's."""
    stats = folder / "stats.json"
    stated = json.loads(stats.read_text(encoding="utf-8")).get("name") if stats.is_file() else None
    return str(stated or folder.resolve().name).replace("/", "-")
