"""Rankings as a TREC run file, for other people's tools."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from eval.experiment import Asked


def write_run(asked: Iterable[Asked], file: Path, tag: str = "pincite") -> None:
    """Write ``question Q0 item rank score tag`` lines.

    An item is a document, or, where spans are judged, a judgment or else a passage. The columns are parted
    by spaces, so white space (and %) in ids is percent-encoded. Scores are those of the ranks, strictly
    falling: readers sort by score, and ties would let them change the order.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as run:
        for one in asked:
            for rank, item in enumerate(one.items, start=1):
                row = (_word(one.question.question_id), "Q0", _word(item), rank, 1 / rank, tag)
                run.write(" ".join(map(str, row)) + "\n")


def _word(identifier: str) -> str:
    return "".join(quote(c) if c.isspace() or c == "%" else c for c in identifier)
