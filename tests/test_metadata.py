"""Titles and dates: only those a text shows as its own."""

import pytest

from documents import text_document
from documents.metadata import is_navigation, parse_date

PARAGRAPH = "The delegation met the mayor on Monday and left again on Tuesday, after a long talk on finance."

MENU = "Home\nNews\nAbout this desk\n\nYou are here: Home > News\n\nShare   Print   Listen\n\n"
WRAPPED = "Annual Review of the Work of the Whole Office"


def title(text: str, doc_id: str = "notes/annual_review-2023.txt", media_type: str = "text/plain") -> str:
    return text_document(doc_id, text, "", media_type).title


def published(text: str) -> str | None:
    return text_document("a.txt", text, "").metadata.published


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("November 29, 2023", "2023-11-29"),
        ("29 November 2023", "2023-11-29"),
        ("29th of November, 2023", "2023-11-29"),
        ("Wednesday, November 29, 2023", "2023-11-29"),
        ("Wed, 29 Nov 2023 17:41:05 +0800", "2023-11-29"),
        ("2023-11-29", "2023-11-29"),
        ("2023-11-29T17:41:05Z", "2023-11-29"),
        ("2023/11/29", "2023-11-29"),
        ("29.11.2023", "2023-11-29"),
        ("2023年11月29日", "2023-11-29"),
        ("2023年11月", "2023-11"),
        ("二〇二三年十一月二十九日", "2023-11-29"),
        ("二零二四年二月", "2024-02"),
        ("2024 February", "2024-02"),
        ("Sept. 2023", "2023-09"),
        ("May 2024", "2024-05"),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_written(text: str, iso: str) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    "text",
    ["2023", "31 February 2023", "2023-13-01", "11/12/2023", "May was warm", "on 3 May 2024", ""],
)
def test_what_is_no_date_or_an_ambiguous_one_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Annual Review\n\n" + PARAGRAPH, "Annual Review"),
        ("2024 February\nAnnual Review of Trade\n\n" + PARAGRAPH, "Annual Review of Trade"),
        ("Go to main content\n \nAnnual Review\n*************\n" + PARAGRAPH, "Annual Review"),
        ("Home\nLogin / Register\n\nNews\n\nAnnual Review\n\n" + PARAGRAPH, "Annual Review"),
        ("www.example.com\nNewsEventsVideosContact\n\nAnnual Review\n\n" + PARAGRAPH, "Annual Review"),
        (MENU + "Annual Review\n\n" + PARAGRAPH, "Annual Review"),
        ("NOTE\n\nSubject: Annual Review of the Work of the Whole\nOffice\nStatus: x", WRAPPED),
        ("From: Ann\nDate: 3 May 2024\nSubject: Annual Review\n\n" + PARAGRAPH, "Annual Review"),
        ("二〇二三年工作报告\n\n双方签署了合作协议。", "二〇二三年工作报告"),
        (PARAGRAPH + "\n" + PARAGRAPH, "annual review 2023"),
        ("12345\n----\n99", "annual review 2023"),
        ('{"name": "value", "other": "thing"}', "annual review 2023"),
    ],
)
def test_the_title_is_the_first_line_that_says_what_the_text_is_about(text: str, expected: str) -> None:
    assert title(text) == expected


def test_a_markdown_heading_is_the_title_even_below_other_lines() -> None:
    text = "[![badge](x.svg)](y)\n\nsome words\n\n# The *Annual* Review of `pincite`\n\ntext\n\n## Part"
    assert title(text, "a.md", "text/markdown") == "The Annual Review of pincite"


def test_a_heading_deep_in_a_text_is_not_its_title() -> None:
    text = f"Annual Review of Trade\n{PARAGRAPH}\n\nBackground\n\n{PARAGRAPH}\n"
    assert title(text) == "Annual Review of Trade"


def test_a_name_that_says_nothing_gives_way_to_the_first_words() -> None:
    assert title(PARAGRAPH, "003_02a8414918b48d3a.txt") == (
        "The delegation met the mayor on Monday and left again on Tuesday, …"
    )


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        (f"2024 February\nAnnual Review\n\n{PARAGRAPH}", "2024-02"),
        (f"Annual Review\nPublished on 3 May 2024 by Ann\n{PARAGRAPH}", "2024-05-03"),
        (f"Annual Review\nAnn Lee | 3 May 2024\n{PARAGRAPH}", "2024-05-03"),
        (f"HONG KONG, 29 November 2023 - {PARAGRAPH}", "2023-11-29"),
        (
            f"Annual Review\n\n{PARAGRAPH}\n\nEnds/Wednesday, November 29, 2023\nIssued at HKT 17:41\nNNNN",
            "2023-11-29",
        ),
        ("工作报告\n\n双方签署了合作协议。\n\n2023年11月29日", "2023-11-29"),
    ],
)
def test_the_date_is_the_one_a_text_gives_as_its_own(text: str, iso: str) -> None:
    assert published(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        f"Annual Review\n\nThe plan of 29 November 2023 was signed. {PARAGRAPH}",
        f"Annual Review\n\nOn 29 November 2023 the plan was signed. {PARAGRAPH}",
        f"Review\n\n{PARAGRAPH}\n\nPart A\n\nDate: 29 November 2023. Place: Beijing.\n\nDate: 1 May 2023",
        f"Annual Review\n\n{PARAGRAPH}\n\nThe plenary was held in Hong Kong today (November 29).",
    ],
)
def test_a_date_in_the_text_is_not_the_date_of_the_text(text: str) -> None:
    assert published(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Login / Register",
        "Skip to content",
        "Home > News > Releases",
        "www.example.org",
        "NewsEventsVideosContact",
    ],
)
def test_lines_of_a_menu_are_known(text: str) -> None:
    assert is_navigation(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hong Kong/Beijing Co-operation",
        "Searching for growth",
        "YouTube and TikTok rules",
        "About the harbour",
    ],
)
def test_titles_are_not_taken_for_menus(text: str) -> None:
    assert not is_navigation(text)
