"""Mail messages and pages saved as mail: their heads, words, quotations and attachments."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from documents import Document, Limits, Metadata, Reading, Unread, Unreadable, read_file
from documents.formats import mail, mhtml


def read(text: str) -> Reading:
    return mail.read(text.encode(), "a.eml", Limits())


HEAD = "From: Ann Lee <ann@example.org>\nTo: Bob <bob@example.org>\nSubject: The pier\n"
DATE = "Date: Wed, 29 Nov 2023 17:41:00 +0800"
THREAD = (
    HEAD
    + f"""{DATE}

Dear Bob,

the pier reopens in June.

--{" "}
Ann Lee
Harbour Office

On 28 November 2023, Bob wrote:
> When does the pier reopen?
>
> On 27 November, Cid wrote:
>> Nobody knows.
"""
)


def test_a_message_is_its_head_and_its_words_with_quotations_and_signature_apart() -> None:
    reading = read(THREAD)
    assert reading.text.split("\n\n") == [
        f"Subject: The pier\nFrom: Ann Lee <ann@example.org>\nTo: Bob <bob@example.org>\n{DATE}",
        "Dear Bob,",
        "the pier reopens in June.",
        "Ann Lee",
        "Harbour Office",
        "On 28 November 2023, Bob wrote:",
        "When does the pier reopen?",
        "On 27 November, Cid wrote:",
        "Nobody knows.",
    ]
    assert [(s.title, s.level, reading.text[s.start : s.end]) for s in reading.sections] == [
        ("Signature", 1, "Ann Lee"),
        ("On 28 November 2023, Bob wrote:", 1, "On 28 November 2023, Bob wrote:"),
        ("On 27 November, Cid wrote:", 2, "On 27 November, Cid wrote:"),
    ]


def test_a_message_says_its_subject_sender_and_date() -> None:
    reading = read(THREAD)
    assert reading.title == "The pier"
    assert reading.metadata == Metadata(
        published="2023-11-29", published_original="Wed, 29 Nov 2023 17:41:00 +0800", author="Ann Lee"
    )


def test_a_forwarded_message_is_a_quotation_to_its_end() -> None:
    reading = read(
        f"{HEAD}\nSee below.\n\n---- Original Message ----\nFrom: Cid\nSubject: Rain\n\nIt rains.\n"
    )
    assert [(s.title, s.level) for s in reading.sections] == [
        ("---- Original Message ----", 1),
        ("From: Cid", 1),
    ]
    assert reading.text.endswith("From: Cid\n\nSubject: Rain\n\nIt rains.")


def test_words_after_a_quotation_are_a_reply() -> None:
    reading = read(f"{HEAD}\n> When?\nIn June.\n")
    assert [(s.title, reading.text[s.start : s.end]) for s in reading.sections] == [
        ("Quoted", "When?"),
        ("Reply", "In June."),
    ]


def test_encoded_words_and_bodies_are_decoded() -> None:
    reading = read(
        "From: =?utf-8?q?Zo=C3=AB?= <z@example.org>\nSubject: =?gb2312?B?u+HS6Q==?=\n"
        'Content-Type: text/plain; charset="iso-8859-1"\n'
        "Content-Transfer-Encoding: quoted-printable\n\ncaf=E9 =3D bar\n"
    )
    assert (reading.title, reading.metadata.author) == ("会议", "Zoë")
    assert reading.text.endswith("café = bar")


def test_the_lines_of_a_flowed_text_are_joined() -> None:
    reading = read(
        "Subject: A\nContent-Type: text/plain; format=flowed\n\nOne line \nand its end.\nAnother.\n"
    )
    assert reading.text.endswith("One line and its end.\nAnother.")


def message() -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"] = "Papers", "ann@example.org"
    made.set_content("Two papers for you.")
    made.add_alternative("<p>Two <b>papers</b> for you.</p>", subtype="html")
    return made


def test_attachments_become_documents_below_the_message(tmp_path: Path) -> None:
    inner, outer = message(), message()
    inner.add_attachment("year,ships\n2023,415\n", filename="ships.csv")
    outer.add_attachment(inner)
    outer.add_attachment(b"\x89PNG", "image", "png", filename="../pier.png")
    outer.add_attachment("words", filename="note.txt")
    outer.add_attachment("other words", filename="note.txt")
    (tmp_path / "m.eml").write_bytes(outer.as_bytes())
    assert [
        (entry.doc_id, entry.title, len(entry.text)) if isinstance(entry, Document) else entry
        for entry in read_file(tmp_path / "m.eml", "in/m.eml")
    ] == [
        ("in/m.eml", "Papers", len("Subject: Papers\nFrom: ann@example.org\n\nTwo papers for you.")),
        ("in/m.eml/Papers.eml", "Papers", 58),
        ("in/m.eml/Papers.eml/ships.csv", "ships", len("year: 2023; ships: 415")),
        Unread("in/m.eml/pier.png", "skipped", "no reader for .png files"),
        ("in/m.eml/note.txt", "note", 6),
        ("in/m.eml/note (2).txt", "other words", 12),
    ]


def test_html_speaks_where_plain_text_only_says_that_there_is_html() -> None:
    made = EmailMessage()
    made["Subject"] = "A"
    made.set_content("See the HTML.")
    made.add_alternative(f"<h1>News</h1><p>{'The pier reopens in June. ' * 5}</p>", subtype="html")
    assert mail.read(made.as_bytes(), "", Limits()).text.startswith("Subject: A\n\nNews\n\nThe pier reopens")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Subject: A\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nwords\n--x--\n",
            "encrypted: only its recipient can open it",
        ),
        ("\n", "holds no message"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        read(text)


def test_a_saved_page_is_its_html_and_remembers_its_address() -> None:
    saved = (
        "Snapshot-Content-Location: https://example.org/pier\n"
        "Content-Type: multipart/related; boundary=x\n\n"
        "--x\nContent-Type: text/html; charset=utf-8\n\n"
        "<html lang=en><title>Pier</title><p>Open.</p></html>\n"
        "--x\nContent-Type: image/png\n\nno picture\n--x--\n"
    )
    reading = mhtml.read(saved.encode(), "a.mht", Limits())
    assert (reading.text, reading.title, reading.metadata.url) == (
        "Open.",
        "Pier",
        "https://example.org/pier",
    )
    with pytest.raises(Unreadable, match=r"^holds no HTML page$"):
        mhtml.read(b"Subject: A\n\nwords", "a.mht", Limits())


def test_an_outlook_message_is_read_like_any_other(shared_folder: Path) -> None:
    path = shared_folder / "fixtures" / "unstructured" / "fake-email-with-cc-and-bcc.msg"
    (document,) = read_file(path, path.name)
    assert isinstance(document, Document)
    assert document.title == "Fake email with cc and bcc recipients"
    assert document.metadata.published == "2024-07-29"
    assert document.text == (
        "Subject: Fake email with cc and bcc recipients\nFrom: John <johnjennings702@gmail.com>\n"
        "To: John Jennings\nCc: steve@unstructured.io\nDate: Mon, 29 Jul 2024 16:38:11 -0400\n\n"
        "This is a test email. Please ignore.\n\nAll the best,\nJohn"
    )
