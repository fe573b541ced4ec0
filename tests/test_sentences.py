"""Sentences as spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import Span, sentences, text_document
from documents.blocks import blocks_of

PIECES = [
    "He left. ",
    "Dr. Lam ",
    "你好。",
    "“好！”",
    "e.g. ",
    "\r\n",
    "\n",
    " ",
    "😀",
    "é",
    "...",
    "?!",
    "）",
    "”",
    "x" * 90,
]


def pieces(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def of_blocks(text: str) -> list[list[str]]:
    document = text_document("a.txt", text, "")
    return [[text[s.start : s.end] for s in block.sentences] for block in blocks_of(document)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Lam spoke at 5 p.m. on Monday. He left!", ["Dr. Lam spoke at 5 p.m. on Monday.", "He left!"]),
        ("It cost US$3.03 billion. Next.", ["It cost US$3.03 billion.", "Next."]),
        ('He said "Go." Then he left.', ['He said "Go."', "Then he left."]),
        ("Dr Lam said: “Yes.” He left.", ["Dr Lam said: “Yes.”", "He left."]),
        ("你好。再见！走吧？", ["你好。", "再见！", "走吧？"]),
        ("他说：“我来了。”然后走了。", ["他说：“我来了。”", "然后走了。"]),
        ("「好。」他說，「走吧！」", ["「好。」", "他說，「走吧！」"]),
        ("（完）。第二句！", ["（完）。", "第二句！"]),
        ("A 😀 smile. A naïve e\u0301tude.", ["A 😀 smile.", "A naïve e\u0301tude."]),
        ("One\r\ntwo. Three\r\nfour.", ["One\r\ntwo.", "Three\r\nfour."]),
        ("no stop", ["no stop"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_spans_point_into_the_whole_text() -> None:
    assert sentences("xx One. Two. yy", 3, 12) == [Span(3, 7), Span(8, 12)]


@given(text=st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)), data=st.data())
def test_sentences_hold_all_text_in_order_without_outer_spaces(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    position = start
    for span in sentences(text, start, end):
        assert not text[position : span.start].strip()
        assert position <= span.start < span.end <= end
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        position = span.end
    assert not text[position:end].strip()


@pytest.mark.parametrize("unit", ["香港签署协议。", "“", "word ", "x", "A short sentence here. "])
def test_very_long_lines_are_cut_into_bounded_sentences(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    spans = sentences(text)
    assert max(span.end - span.start for span in spans) <= 2_000
    assert sum(span.end - span.start for span in spans) >= len(text) - text.count(" ")


def test_a_paragraph_wrapped_by_hand_is_not_cut_at_its_line_ends() -> None:
    text = (
        "It was in July, 1805, and the speaker was the well-known Anna Pavlovna\n"
        "Scherer, maid of honor and favorite of the Empress Marya Fedorovna. With\n"
        "these words she greeted Prince Vasili Kuragin, a man of high rank.\n"
        "\n"
        "All her invitations without exception, written in French, and delivered\n"
        "by a footman that morning, ran as follows, to the letter and the comma\n"
        "Annette sent them.\n"
    )
    assert [len(block) for block in of_blocks(text)] == [2, 1]


def test_one_line_per_paragraph_is_cut_at_line_ends() -> None:
    text = (
        "The opening ceremony was addressed by the Chairman of the Council and by many others who came\n"
        "Services accounted for 80% of output\n"
        "In 2019, financial services accounted for 18.5% of output, IT services 13.5%, research 8%\n"
        "Comment was declined"
    )
    assert of_blocks(text) == [[line] for line in text.splitlines()]


def test_list_items_are_sentences_of_their_own() -> None:
    text = "Four were signed:\n  • on finance;\n  • on schools; and\n  • on youth.\n    Both cities agree.\n"
    assert of_blocks(text) == [
        ["Four were signed:"],
        ["• on finance;"],
        ["• on schools; and"],
        ["• on youth.", "Both cities agree."],
    ]


def test_a_number_stays_with_its_item() -> None:
    assert of_blocks("1. First one. More.\n2) Second one.\n（三）第三。") == [
        ["1. First one.", "More."],
        ["2) Second one."],
        ["（三）第三。"],
    ]


def test_rules_are_no_sentences() -> None:
    assert of_blocks("Above.\n-----\n* * *\n———————\n|---|:-:|\nBelow.") == [["Above."], ["Below."]]
