"""Bytes to text: every encoding we read, and what is no text."""

import codecs
import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.decoding import UndecodableError, decode

SIMPLIFIED = "香港特别行政区行政长官与北京市市长今日在香港签署合作协议。\r\n双方就十一个领域达成共识。\n"
TRADITIONAL = "香港特別行政區行政長官與北京市市長今日在香港簽署合作協議。\r\n雙方就十一個領域達成共識。\n"
JAPANESE = "香港と北京の代表団は金融産業の発展に関する覚書に署名しました。\n"
KOREAN = "홍콩과 베이징 대표단은 금융 산업 발전에 관한 양해각서에 서명했다.\n"
RUSSIAN = "Делегаты подписали меморандум о сотрудничестве между Пекином и Гонконгом.\n"
GREEK = "Οι αντιπρόσωποι υπέγραψαν μνημόνιο συνεργασίας στο Χονγκ Κονγκ.\n"
FRENCH = "Les délégués ont été reçus à la mairie ; l’accord prévoit « une coopération » à long terme.\n"
POLISH = "Delegaci podpisali porozumienie o współpracy: żółte światło, większość głosów, źródło.\n"
# The commonest case of all: English with typographic marks and nothing else above ASCII.
ENGLISH = "The delegates’ “memorandum” was signed — in Hong Kong — for £5 million.\r\n"

texts_without_nul = st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs", "Cc"]))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gb2312"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (ENGLISH, "cp1252"),
    ],
)
@pytest.mark.parametrize("times", [1, 2_000])
def test_a_legacy_encoding_is_recognised(text: str, encoding: str, times: int) -> None:
    assert decode(text.encode(encoding) * times) == text * times


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@given(text=texts_without_nul)
def test_a_byte_order_mark_decides_and_is_not_text(mark: bytes, encoding: str, text: str) -> None:
    assert decode(mark + text.encode(encoding)) == text


@given(text=texts_without_nul)
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    # An escape with a dollar announces ISO-2022; control characters are excluded above.
    assert decode(text.encode("utf-8")) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["Hong Kong\r\nBeijing\r\n", "no", SIMPLIFIED * 3, "Ends: 结束, 2023\n"])
def test_wide_encodings_show_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_line_ends_are_left_alone() -> None:
    assert decode(b"a\r\nb\rc\n\n") == "a\r\nb\rc\n\n"


def test_one_accent_far_into_a_long_file_is_found() -> None:
    assert decode(b"plain words\n" * 100_000 + "un café crème".encode("cp1252")).endswith("un café crème")


def test_a_few_chinese_words_in_an_english_file_are_found() -> None:
    text = "The city of Beijing (北京) and the city of Hong Kong (香港) signed agreements.\n" * 5
    assert decode(text.encode("gb18030")) == text


def test_utf_8_that_is_cut_off_is_still_utf_8() -> None:
    whole = SIMPLIFIED.strip()
    assert decode(whole.encode("utf-8")[:-1]) == whole[:-1] + "\N{REPLACEMENT CHARACTER}"


def test_terminal_colours_are_text() -> None:
    assert decode(b"\x1b[31mred\x1b[0m text") == "\x1b[31mred\x1b[0m text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x02\x01\x01\x00\x00\x00" * 20, "binary: it holds NUL bytes"),
        (gzip.compress(bytes(range(256)) * 8, mtime=0), "binary"),
        (bytes(range(1, 32)) * 20, "binary: it is full of control characters"),
        (codecs.BOM_UTF16_LE + b"a", "not valid at byte 0"),
        (codecs.BOM_UTF8 + b"text \xff", "not valid at byte 5"),
        (b"some words\0 more words", "binary: it holds NUL bytes"),
        (codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"), "binary: it holds NUL characters"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError, match=reason):
        decode(data)


@given(data=st.binary(max_size=300))
def test_any_bytes_become_text_or_a_reason(data: bytes) -> None:
    text = "a reason"
    with suppress(UndecodableError):
        text = decode(data)
    assert "\0" not in text
    assert text.encode("utf-8").decode("utf-8") == text
