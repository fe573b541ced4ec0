"""Which questions are asked of which index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import documents as documents_room
from documents import Document, Refusal, read_folder
from eval.beir import read_beir
from eval.cache import Build, cached_index
from eval.dataset import DataSet, as_off_topic, limit_documents, limit_questions
from eval.judged import read_questions
from index import Embedder, Index
from index.progress import Progress

SAMPLE_DOCUMENTS = Path(documents_room.__file__).parent / "samples"
SAMPLE_QUESTIONS = Path(__file__).parent / "questions" / "samples.jsonl"


@dataclass(frozen=True, slots=True)
class Source:
    """Judged questions and where their index is; without ``index_folder`` it is built from the documents."""

    data_set: DataSet
    index_folder: Path | None = None


def sources(
    folders: Sequence[Path], questions: Path | None, index_folder: Path | None, drafts: bool = False
) -> list[Source]:
    """Read everything that was named; the samples when nothing was.

    Raises:
        Refusal: questions without an index (or the reverse), or something that cannot be read.
    """
    if (questions is None) != (index_folder is None):
        raise Refusal(
            "--questions FILE and --index FOLDER go together: whose questions, asked of which index"
        )
    found = [Source(data_set) for folder in folders for data_set in read_beir(folder)]
    if questions is not None:
        found.append(Source(read_questions(questions, drafts), index_folder))
    return found or [_samples()]


def narrowed(source: Source, limit: int | None, corpus_limit: int | None, off_topic: Path | None) -> Source:
    """Fewer questions or documents, or off-topic questions added; the name says so for later comparison."""
    data_set = source.data_set
    suffix = ""
    if limit is not None:
        data_set, suffix = limit_questions(data_set, limit), f" ({limit} questions"
    if corpus_limit is not None and data_set.documents:
        data_set = limit_documents(data_set, corpus_limit)
        suffix = f"{suffix or ' (all questions'}, {len(data_set.documents)} documents"
    if off_topic is not None:
        added = as_off_topic(read_beir(off_topic)[0], sum(q.answerable for q in data_set.questions))
        data_set = replace(data_set, questions=data_set.questions + added)
    return Source(replace(data_set, name=data_set.name + (suffix and suffix + ")")), source.index_folder)


def opened(
    found: Sequence[Source], cache: Path, embedder_name: str | None, progress: Progress
) -> Iterator[tuple[Index, Build | None, DataSet]]:
    """Open the index of each source, built first where need be; each is closed when the next is asked for."""
    embedder: Embedder | None = None
    for source in found:
        build: Build | None = None
        if source.index_folder is not None:
            index = Index.open(source.index_folder)
        else:
            if embedder is None:
                progress("loading embedder", 0, None)
                embedder = Embedder.load(embedder_name)
            data_set = source.data_set
            name = data_set.name.partition(" (")[0]
            index, build = cached_index(
                name, data_set.documents_fingerprint, data_set.documents, cache, embedder, progress
            )
        try:
            yield index, build, source.data_set
        finally:
            index.close()


def _samples() -> Source:
    if not SAMPLE_QUESTIONS.is_file():
        raise Refusal(
            f"no judged sample questions at {SAMPLE_QUESTIONS}; give --dataset, or --questions and --index"
        )
    documents = tuple(one for one in read_folder(SAMPLE_DOCUMENTS) if isinstance(one, Document))
    return Source(replace(read_questions(SAMPLE_QUESTIONS), documents=documents))
