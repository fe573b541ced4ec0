"""The shapes of the HTTP interface, as they stand in its OpenAPI document."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from documents import Refusal
from index import Filter
from service.question import MOST_CHARACTERS, MOST_PASSAGES, USUAL_PASSAGES, checked_question

# The most values that one field of a filter takes.
MOST_VALUES = 1000


def day_or_error(text: str) -> str:
    """Refuse what is no day."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise PydanticCustomError("day", "not a day; give one as 2024-05-31") from error


Day = Annotated[str, AfterValidator(day_or_error)]


def question_or_error(text: str) -> str:
    """Turn a refused question into an error on its field."""
    try:
        return checked_question(text)
    except Refusal as refusal:
        raise PydanticCustomError("question", "{reason}", {"reason": str(refusal)}) from refusal


class AskParameters(BaseModel):
    """A question, as the parameters of an address."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, AfterValidator(question_or_error)] = Field(
        description="What to find, in words; `query` is accepted as another name for it.",
        examples=["Who signed the financial memorandum?"],
        json_schema_extra={"minLength": 1, "maxLength": MOST_CHARACTERS},
    )
    top_k: int = Field(
        USUAL_PASSAGES, ge=1, le=MOST_PASSAGES, description="How many passages to return, at most."
    )

    diversity: bool = Field(
        True, description="Let passages of nearly the same words take one place together."
    )
    explain: bool = Field(False, description="Say what each kind of evidence and each word adds to a score.")

    @model_validator(mode="before")
    @classmethod
    def accept_query(cls, fields: Any) -> Any:
        """Take `query` for the question where no `question` is given."""
        if isinstance(fields, dict) and "query" in fields and "question" not in fields:
            return {("question" if name == "query" else name): value for name, value in fields.items()}
        return fields


class FilterRequest(BaseModel):
    """Which documents' passages may be found. What is left out asks nothing; what is given must all hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    doc_ids: list[str] = Field([], max_length=MOST_VALUES, description="One of these documents.")
    folder: str | None = Field(None, description="Below this folder.", examples=["press/2023"])
    published_from: Day | None = Field(None, description="On this day or later; without a date: never.")
    published_to: Day | None = Field(None, description="On this day or earlier; without a date: never.")
    languages: list[str] = Field([], max_length=MOST_VALUES, description="One of these languages.")
    media_types: list[str] = Field([], max_length=MOST_VALUES, description="One of these media types.")
    fields: dict[str, str] = Field(
        {}, max_length=MOST_VALUES, description="Further metadata, each field with its value."
    )

    def as_filter(self) -> Filter:
        """The filter that the index takes."""
        return Filter(
            doc_ids=tuple(self.doc_ids),
            folder=self.folder,
            published_from=self.published_from,
            published_to=self.published_to,
            languages=tuple(self.languages),
            media_types=tuple(self.media_types),
            fields=tuple(sorted(self.fields.items())),
        )


class AskRequest(AskParameters):
    """A question, as a JSON object. Types are strict: "5", 5.0 and true are no numbers of passages."""

    model_config = ConfigDict(strict=True)

    filter: FilterRequest | None = Field(None, description="Where to look; everywhere when left out.")


class Highlight(BaseModel):
    """A stretch of the document that bears most on the question."""

    start: int = Field(description="Offset into the document's text, in code points.", examples=[1204])
    end: int = Field(description="Offset into the document's text, exclusive.", examples=[1290])


class ScoreParts(BaseModel):
    """The evidence behind a score; each is higher when better."""

    dense: float = Field(description="Cosine of question and passage.", examples=[0.61])
    sentence: float = Field(description="Cosine of question and the passage's best sentence.", examples=[0.7])
    lexical: float = Field(description="BM25 as a share of what was attainable.", examples=[0.42])


class Citation(BaseModel):
    """Where the words stand. `quote` is exactly the document's text from `start` to `end`."""

    doc_id: str = Field(description="The document's path below the indexed folder.", examples=["a/b.txt"])
    title: str = Field(description="The document's title.", examples=["Fifth plenary session"])
    path: str = Field(description="The file's path below the indexed folder.", examples=["a/b.txt"])
    url: str | None = Field(description="Where the document was published, when it says so.")
    published: str | None = Field(
        description="ISO 8601 date, as exact as the document is.", examples=["2024-05-21"]
    )
    page: int | None = Field(description="Page, from 1, in formats that have pages.")
    section: list[str] = Field(description="Headings above the passage, outermost first.")
    start: int = Field(description="Offset into the document's text, in code points.", examples=[1180])
    end: int = Field(description="Offset into the document's text, exclusive.", examples=[1650])
    quote: str = Field(description="The words themselves.")
    source_sha256: str = Field(description="SHA-256 of the file's bytes, in hexadecimal.")
    link: str = Field(
        description="Opens the quoted words in their document.",
        examples=["/v1/documents/a/b.txt/text?start=1180&end=1650"],
    )


class Duplicate(BaseModel):
    """A passage of nearly the same words as one that ranks above it."""

    score: float = Field(description="Higher is better.", examples=[0.88])
    citation: Citation


class ExplainedWord(BaseModel):
    """What one term of the question adds to a score."""

    term: str = Field(description="The term, as it is indexed.", examples=["memorandum"])
    weight: float = Field(description="The most it could add.", examples=[0.2])
    adds: float = Field(description="What it adds.", examples=[0.13])


class Explained(BaseModel):
    """Why a passage has its score: `dense`, `sentence` and `lexical` add up to it."""

    read_as: str = Field(description="The question as the embedder read it.")
    trust: float = Field(description="How far the vectors count, 0 to 1.", examples=[1.0])
    dense: float = Field(description="What the passage's similarity adds.", examples=[0.3])
    sentence: float = Field(description="What the best sentence's similarity adds.", examples=[0.33])
    lexical: float = Field(description="What shared words add.", examples=[0.25])
    words: list[ExplainedWord] = Field(description="What each word adds; together: `lexical`.")


class FoundPassage(BaseModel):
    """One ranked passage."""

    rank: int = Field(description="From 1.", examples=[1])
    score: float = Field(description="Higher is better.", examples=[0.91])
    text: str = Field(description="The passage.")
    highlights: list[Highlight] = Field(description="The passage's best sentence.")
    scores: ScoreParts
    citation: Citation
    duplicates: list[Duplicate] = Field(description="Found, too, but of nearly the same words.")
    explanation: Explained | None = Field(description="Where it was asked for.")


class AnswerText(BaseModel):
    """An answer in the document's own words."""

    text: str = Field(description="Verbatim from a passage.")
    confidence: float = Field(description="Probability, 0 to 1, that this answers the question.")
    citation: Citation


class IndexIdentity(BaseModel):
    """Which generation of the index answered."""

    generation: str = Field(description="The generation's id.")
    fingerprint: str = Field(description="Equal for generations that answer alike.")
    built_at: str = Field(description="ISO 8601, UTC.", examples=["2025-01-31T12:00:00Z"])


class RefusedGeneration(BaseModel):
    """A published generation that is not served."""

    generation: str = Field(description="The generation's id.")
    reason: str = Field(description="Why it is not served.", examples=["damaged (vectors.faiss: missing)"])


class IndexState(IndexIdentity):
    """The index that is being served."""

    documents: int = Field(description="How many documents it holds.", examples=[16])
    passages: int = Field(description="How many passages it holds.", examples=[120])
    refused: RefusedGeneration | None = Field(
        description="What is published and not served, because it is damaged or does not fit; else null."
    )


class RebuildRequest(BaseModel):
    """How to rebuild."""

    model_config = ConfigDict(strict=True, extra="forbid")

    full: bool = Field(default=False, description="Take nothing over from the published index.")


class RebuildJob(BaseModel):
    """A rebuild that was asked for."""

    job: str = Field(description="Its id.")
    state: Literal["running", "succeeded", "failed"]
    stage: str = Field(description="What it is doing.", examples=["embedding passages"])
    done: int = Field(description="How much of the stage is done.", examples=[128])
    total: int | None = Field(description="Of how many; null while that is unknown.", examples=[512])
    generation: str | None = Field(description="What it published.")
    reason: str | None = Field(description="Why it failed.")
    started_at: str = Field(description="ISO 8601, UTC.", examples=["2025-01-31T12:00:00+00:00"])


class AskResponse(BaseModel):
    """The ranked passages for a question, and the answer when there is one."""

    question: str = Field(description="The question, without the white space around it.")
    answer: AnswerText | None = Field(description="Null where no answer is given.")
    abstained: bool = Field(description="True when an answer was looked for and withheld.")
    abstain_reason: str | None = Field(description="Why it was withheld.")
    passages: list[FoundPassage] = Field(description="Best first.")
    index: IndexIdentity
    took_ms: float = Field(description="Time from the request's arrival, in milliseconds.", examples=[14.2])
    request_id: str = Field(description="Also in the header X-Request-ID.")


class TextParameters(BaseModel):
    """A span of a document, as the parameters of an address."""

    model_config = ConfigDict(extra="forbid")

    start: int = Field(0, ge=0, description="Offset into the document's text, in code points.")
    end: int | None = Field(None, ge=1, description="Exclusive; the end of the document when left out.")


class DocumentText(BaseModel):
    """The words of a document at a span, with what stands around them."""

    doc_id: str = Field(description="The document's path below the indexed folder.", examples=["a/b.txt"])
    start: int = Field(description="Offset into the document's text, in code points.")
    end: int = Field(description="Offset into the document's text, exclusive.")
    text: str = Field(description="The document's text from start to end.")
    before: str = Field(description="A little of what stands in front of it.")
    after: str = Field(description="A little of what follows it.")
    source_sha256: str = Field(description="SHA-256 of the file's bytes, in hexadecimal.")


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """Questions are answered, from this generation."""

    status: Literal["ready"] = "ready"
    generation: str = Field(description="The generation's id.")


class InvalidField(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(
        description="The field's name; `body` when it is the body as a whole.", examples=["question"]
    )
    reason: str = Field(
        description="What is wrong with it.", examples=["the question is empty; ask something"]
    )


class Problem(BaseModel):
    """Any error, in the form of RFC 9457."""

    type: str = Field(description="about:blank: the status says it all.", examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(
        description="What is wrong, in a sentence.",
        examples=["top_k: required, and missing"],
    )
    errors: list[InvalidField] = Field(description="Field by field; empty when no field is at fault.")
    request_id: str = Field(description="Also in the header X-Request-ID.")
