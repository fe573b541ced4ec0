"""A person's own judged questions, as JSON Lines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents import Refusal
from eval.dataset import DataSet, Judgment, Question
from eval.json_lines import field, rows


def read_questions(file: Path, drafts: bool = False) -> DataSet:
    """Read judged questions, one JSON object per line.

    ``{"id", "question", "answerable", "answers": [], "relevant": [{"doc_id", "quote", "grade"}], "tags"}``;
    only ``id`` and ``question`` must be there. Lines with ``"draft": true`` are left out unless ``drafts``.

    Raises:
        Refusal: the file is missing, a line cannot be read, or an answerable question has no judgment.
    """
    questions: dict[str, Question] = {}
    for row, where in rows(file):
        if row.get("draft") and not drafts:
            continue
        question = _judged_question(row, where)
        if question.question_id in questions:
            raise Refusal(
                f"{where}: the id {question.question_id!r} stands twice; give each question its own"
            )
        questions[question.question_id] = question
    if not questions:
        raise Refusal(f'no judged questions in {file}; drafts count once their "draft" is removed')
    return DataSet(file.stem, tuple(questions.values()))


def _judged_question(row: Mapping[str, Any], where: str) -> Question:
    relevant = row.get("relevant") or []
    try:
        judgments = tuple(
            Judgment(str(one["doc_id"]), int(one.get("grade", 1)), one.get("quote") or None)
            for one in relevant
        )
    except (KeyError, TypeError, ValueError):
        raise Refusal(f'{where}: "relevant" is a list of {{"doc_id", "quote", "grade"}}') from None
    answerable = bool(row.get("answerable", bool(judgments)))
    if answerable and not any(judgment.grade > 0 for judgment in judgments):
        raise Refusal(f'{where}: an answerable question needs at least one "relevant" of grade 1 or more')
    if not answerable and any(judgment.grade > 0 for judgment in judgments):
        raise Refusal(f'{where}: "answerable" is false, yet something is judged relevant')
    return Question(
        question_id=field(row, "id", where),
        text=field(row, "question", where),
        answerable=answerable,
        answers=tuple(str(answer) for answer in row.get("answers") or ()),
        judgments=judgments,
        tags=tuple(str(tag) for tag in row.get("tags") or ()),
    )
