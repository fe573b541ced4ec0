"""The command ``pincite eval draft``: propose judged questions from a person's own documents.

No language model writes them. A name, a number or a date is taken out of an informative sentence; what is
left is the question, what was taken out the answer, the sentence the evidence. They are drafts: a person
accepts, rewords or throws away each, and a draft that nobody accepted is never asked.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import click

from documents import Passage, Refusal
from index.words import terms

GAP = "____"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_UNIT = "%|per cent|percent|million|billion|trillion|万亿|亿|万"
_MASKS = {
    "date": re.compile(
        rf"\b\d{{1,2}} {_MONTH}(?: \d{{4}})?\b|\b{_MONTH} \d{{1,2}}(?:, \d{{4}})?\b|\b{_MONTH} \d{{4}}\b"
        r"|\b\d{4}-\d\d-\d\d\b|\b(?:19|20)\d\d\b(?!年)|\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日"
    ),
    "number": re.compile(
        rf"(?<![A-Za-z0-9.,:（(#-])(?:(?:HK|US|A)?[$€£¥])?\d+(?:[.,]\d+)*(?:\s?(?:{_UNIT}))*"
        r"(?![A-Za-z0-9年月日:-]|[.,]\d)"
    ),
    "name": re.compile(
        r"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir)\.? )?[A-Z][\w'’-]+(?: (?:of the |of |and )?[A-Z][\w'’-]+)+"
    ),
    "title": re.compile(r"《[^》]{2,40}》"),
}
# Too short to ask about, or too long for a person to read at a glance, in characters.
_SHORTEST, _LONGEST = {"latin": 50, "han": 16}, {"latin": 260, "han": 110}
_FEWEST_TERMS = 4
_ENDS = tuple('.!?。！？.”"’)）')
_LIST_MARK = re.compile(r"^(?:[-*+•>|]|\d+[.)])\s+|[*`]{1,3}|^#+ ")
# Sentences that lean on the one before: the question would not stand alone.
_LEANING = re.compile(
    r"(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|There|Both|他|她|它|这|该)\b"
)
_LEANING_COSTS = 2.0
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question, its answer, and the sentence that holds it."""

    question: str
    answer: str
    kind: str
    doc_id: str
    quote: str

    def row(self) -> dict[str, object]:
        """The line of a questions file; ``draft`` keeps it from being asked until it is removed."""
        digest = hashlib.sha256(f"{self.doc_id}\n{self.quote}\n{self.answer}".encode()).hexdigest()
        return {
            "draft": True,
            "id": f"draft-{digest[:10]}",
            "question": self.question,
            "answerable": True,
            "answers": [self.answer],
            "relevant": [{"doc_id": self.doc_id, "quote": self.quote, "grade": 1}],
            "tags": ["draft", self.kind],
        }


def drafts(passages: Iterable[Passage], count: int) -> list[Draft]:
    """Propose up to ``count`` questions: the most telling first, one of a passage, the documents by turns."""
    passages = list(passages)
    frequencies = Counter(term for passage in passages for term in set(terms(passage.text)))
    telling: dict[str, list[tuple[float, Draft]]] = {}
    for passage in passages:
        proposed = [(_weight(draft, frequencies, len(passages)), draft) for draft in _proposals(passage)]
        if proposed:
            best = max(proposed, key=lambda pair: (pair[0], pair[1].quote, pair[1].answer))
            telling.setdefault(passage.doc_id, []).append(best)
    columns = [sorted(column, key=lambda pair: -pair[0]) for column in telling.values()]
    turns = (pair[1] for turn in zip_longest(*columns) for pair in turn if pair is not None)
    unique = {(draft.question, draft.answer): draft for draft in turns}
    return list(unique.values())[:count]


def _proposals(passage: Passage) -> Iterator[Draft]:
    for span in passage.sentences:
        sentence = passage.text[span.start - passage.start : span.end - passage.start]
        script = "han" if _HAN.search(sentence) else "latin"
        if not _SHORTEST[script] <= len(sentence) <= _LONGEST[script] or not sentence.endswith(_ENDS):
            continue
        for kind, found in _masked(sentence):
            question = _question(sentence, found)
            if len(terms(question)) >= _FEWEST_TERMS:
                yield Draft(question, found.group(), kind, passage.doc_id, sentence)


def _masked(sentence: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What can be taken out: each stretch for one reason only, and none that the rest gives away."""
    taken: list[range] = []
    for kind, mask in _MASKS.items():
        for found in mask.finditer(sentence):
            if any(found.start() < one.stop and one.start < found.end() for one in taken):
                continue
            taken.append(range(*found.span()))
            # "The Bureau" at the start of a sentence is a name only by its capitals.
            named = kind != "name" or terms(found.group().split()[0])
            if named and sentence.count(found.group()) == 1:
                yield kind, found


def _question(sentence: str, found: re.Match[str]) -> str:
    """The sentence with a gap, on one line, without list and emphasis marks."""
    gapped = f"{sentence[: found.start()]}{GAP}{sentence[found.end() :]}"
    return " ".join(_LIST_MARK.sub("", gapped).split())


def _weight(draft: Draft, frequencies: Counter[str], passages: int) -> float:
    """How much a question tells: the mean rarity of its words; an answer found everywhere tells little."""

    def rarity(words: Sequence[str]) -> float:
        known = [math.log(1 + passages / frequencies[word]) for word in words if frequencies[word]]
        return sum(known) / len(known) if known else 0.0

    leaning = _LEANING_COSTS if _LEANING.match(draft.question) else 0.0
    return rarity(terms(draft.question)) + rarity(terms(draft.answer)) - leaning


@click.command()
@click.option(
    "--questions", "count", type=click.IntRange(1), default=50, show_default=True, help="How many at most."
)
@click.option(
    "--index",
    "index_folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/index"),
    show_default=True,
    envvar="PINCITE_INDEX",
    show_envvar=True,
    help="The index of your documents.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("var/eval/drafts.jsonl"),
    show_default=True,
    help="Where the drafts go; a file that is there already is left alone.",
)
def draft(count: int, index_folder: Path, output: Path) -> None:
    """Propose judged questions from your own documents, for you to accept or mend.

    Each line is marked "draft": true. Keep what is good: reword the question as a person would ask it,
    remove the mark, and ask with: pincite eval --questions FILE --index FOLDER.
    """
    from index import Index

    if output.exists():
        raise Refusal(f"{output} is there already, perhaps with your work in it; name another with --output")
    proposed = drafts(Index.open(index_folder).passages(), count)
    if not proposed:
        raise Refusal(f"no sentence with a name, number or date to ask about in {index_folder}")
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="\n") as lines:
        for one in proposed:
            lines.write(json.dumps(one.row(), ensure_ascii=False) + "\n")
    click.echo(f'{len(proposed)} drafts in {output}; read each, mend it, and remove its "draft" to accept it')
