"""Headings: few, and right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import text_document

PARAGRAPH = "The delegation met the mayor on Monday and left again on Tuesday, after a long talk on finance."


def headings(text: str, media_type: str = "text/plain") -> list[tuple[int, str]]:
    sections = text_document("a.txt", text, "", media_type).sections
    return [(section.level, section.title) for section in sections]


def marked_text(text: str, media_type: str) -> list[str]:
    document = text_document("a.txt", text, "", media_type)
    return [text[section.start : section.end] for section in document.sections]


def test_markdown_headings_of_both_styles() -> None:
    text = "# One #\n\ntext\n\nTwo\n---\n\n### Three `x` and [four](y)\n\nFive\n====\n"
    assert headings(text, "text/markdown") == [(1, "One"), (2, "Two"), (3, "Three x and four"), (1, "Five")]


def test_a_heading_span_holds_its_line_and_not_the_rule_below() -> None:
    text = "intro\r\n\r\n  ## Two ##\r\n\r\ntext\r\n\r\nThree\r\n-----\r\nend"
    assert marked_text(text, "text/markdown") == ["## Two ##", "Three"]


def test_a_line_in_bold_above_text_is_a_heading_below_the_last_one() -> None:
    text = "# Questions\n\n**When are you open?**\nFrom nine.\n\n__May I come:__\n\nYes.\n"
    assert headings(text, "text/markdown") == [
        (1, "Questions"),
        (2, "When are you open?"),
        (2, "May I come"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# " + "long " * 100 + "\n",
        "**bold** words\nmore\n",
        "- **bold item**\n  more\n",
        "text\n**bold inside**\ntext\n",
        "text\n\n**bold at the end**\n",
        "```\n# a comment\n```\n",
        "    # indented code\n",
        "#hashtag\n",
        "#\n\ntext",
        "---\ntitle: Review\ndate: 2024-05-03\n---\ntext\n",
        "text\n\n---\n\ntext\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
    ],
)
def test_markdown_that_is_no_heading(text: str) -> None:
    assert headings(text, "text/markdown") == []


def test_front_matter_leaves_the_headings_below_in_their_places() -> None:
    text = "---\ntitle: Review\n---\n# Real\n\ntext\n"
    assert marked_text(text, "text/markdown") == ["# Real"]


@pytest.mark.parametrize("rule", ["-----", "=====", "*****", "———————", "─────"])
def test_an_underlined_line_is_a_heading(rule: str) -> None:
    assert headings(f"{PARAGRAPH}\n\nServices Industries\n{rule}\n \n{PARAGRAPH}\n") == [
        (1, "Services Industries")
    ]


def test_underlines_give_levels_in_the_order_they_appear() -> None:
    text = f"Whole\n*****\n{PARAGRAPH}\n\nPart\n———\n\n{PARAGRAPH}\n\nOther Part\n———\n\n{PARAGRAPH}\n"
    assert headings(text) == [(1, "Whole"), (2, "Part"), (2, "Other Part")]


@pytest.mark.parametrize(
    "line",
    [
        "Exploring new opportunities",
        "2.1 Scope of Work",
        "Background",
        "IV. Results of the talks",
        "合作成果",
    ],
)
def test_a_short_line_alone_above_a_paragraph_is_a_heading(line: str) -> None:
    assert headings(f"{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}\n")[-1][1] == line


@pytest.mark.parametrize(
    "line",
    [
        "It ended well.",
        "They agreed on the following:",
        "Login / Register",
        "Listen",
        "29 November 2023",
        "By Ann Lee",
        "lower case words here",
        "• A bullet point",
        "Name    Age    City",
        "x = y + z * 4",
    ],
)
def test_other_short_lines_alone_above_a_paragraph_are_not(line: str) -> None:
    assert headings(f"{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        f"{PARAGRAPH}\nAttached Line\n\n{PARAGRAPH}\n",
        f"{PARAGRAPH}\n\nTwo Lines\nOf A Menu\n\n{PARAGRAPH}\n",
        f"{PARAGRAPH}\n\nShort Line\n\nAnother Short Line\n",
        f"{PARAGRAPH}\n\nAt The End\n",
        f"{PARAGRAPH}\n\nAt The End\n----------\n",
        f"Name    Age\n-----------\nAnn     3\n{PARAGRAPH}",
        f"{PARAGRAPH}\n-----\n{PARAGRAPH}\n",
    ],
)
def test_lines_in_other_places_are_no_headings(text: str) -> None:
    assert headings(text) == []


def test_numbers_of_headings_give_depth() -> None:
    lines = ["1. Purpose of This", "1.1 First Part of It", "2. Next Matter"]
    text = "".join(f"{line}\n\n{PARAGRAPH}\n\n" for line in lines)
    assert headings(text) == [(1, lines[0]), (2, lines[1]), (1, lines[2])]


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "# ",
            "## ",
            "---",
            "===",
            "```",
            "> ",
            "- ",
            "\t",
            "    ",
            "x",
            "Y z",
            "`",
            "[a](b)",
            "\r",
            "\n",
            "\n\n",
        ]
    )
).map("".join)


@given(text=st.one_of(st.text(), MARKDOWN))
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown"])
def test_headings_lie_in_the_text_in_order(media_type: str, text: str) -> None:
    position = 0
    for section in text_document("a.txt", text, "", media_type).sections:
        assert position <= section.start < section.end <= len(text)
        assert section.title == section.title.strip() != ""
        assert section.level >= 1
        position = section.end
