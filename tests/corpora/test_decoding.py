"""Bytes become text, or one sentence that says how to mend them."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.decoding import MAX_BYTES, decode, tidy
from lm_core.errors import BadText

PROSE = "Größe, café, naïve; “quoted” – and plain words enough to look like text.\n" * 3


@given(st.text())
def test_utf8_comes_back_as_it_was_but_for_newlines_and_control_characters(text: str) -> None:
    try:
        read, note = decode(text.encode("utf-8"))
    except BadText:
        return
    if not note:
        plain = text.removeprefix("\ufeff")
        assert read == plain.replace("\r\n", "\n").replace("\r", "\n")


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_sentence(data: bytes) -> None:
    sentence = ""
    try:
        text, _ = decode(data)
    except BadText as error:
        sentence = str(error)
    if sentence:
        assert sentence.endswith(".")
        return
    assert len(text.strip()) > 1
    assert "\r" not in text
    assert "\0" not in text
    text.encode("utf-8")  # no lone surrogate either


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(encoding: str) -> None:
    text, note = decode(PROSE.encode(encoding))
    assert text == PROSE
    assert note == ("" if encoding == "utf-8-sig" else f"Read as {encoding.upper()}.")


def test_big_endian_utf16_is_read_as_well() -> None:
    assert decode(codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"))[0] == PROSE


def test_damaged_utf16_says_how_to_save_it() -> None:
    with pytest.raises(BadText, match="says it is UTF-16 but is damaged: save it again"):
        decode(PROSE.encode("utf-16")[:-1])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf16_without_its_mark_is_refused(encoding: str) -> None:
    with pytest.raises(BadText, match=r"UTF-16 without its mark.*encoding UTF-8"):
        decode(PROSE.encode(encoding))


def test_windows_text_is_read_and_the_note_says_so() -> None:
    text, note = decode(PROSE.encode("cp1252"))
    assert text == PROSE
    assert "Windows-1252" in note
    assert "check its accents" in note


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Съешь же ещё этих мягких французских булок. " * 5, "cp1251"),
        ("いろはにほへと ちりぬるを わかよたれそ " * 5, "shift_jis"),
        ("天地玄黃宇宙洪荒日月盈昃辰宿列張" * 5, "big5"),
        ("Ελληνικό κείμενο με πολλές λέξεις. " * 5, "iso8859-7"),
    ],
)
def test_other_alphabets_in_old_encodings_are_not_guessed(text: str, encoding: str) -> None:
    with pytest.raises(BadText, match="encoding UTF-8"):
        decode(text.encode(encoding))


def test_broken_utf8_is_not_taken_for_another_encoding() -> None:
    data = "Größe\nGröße\nGröße".encode()[:-3] + b"\xc3"
    with pytest.raises(BadText, match=r"broken letters \(line 3\)"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\x06\0",
        b"text with a zero\0 in it",
        bytes(range(1, 32)) * 20,
        bytes(range(1, 256)) * 20,
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(BadText, match="plain text"):
        decode(data)


@pytest.mark.parametrize("data", [b"", b"  \n\t\r\n ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_nothing_is_said_to_be_nothing(data: bytes) -> None:
    with pytest.raises(BadText, match="There is no text in this"):
        decode(data)


@pytest.mark.parametrize("text", ["a", " é\n", "\r\n字"])
def test_a_single_character_is_refused(text: str) -> None:
    with pytest.raises(BadText, match="single character"):
        decode(text.encode())


def test_stray_control_characters_are_left_out_and_counted() -> None:
    text, note = decode(b"page one\x1b" + b" and so on" * 20 + b"\x1a")
    assert "\x1b" not in text
    assert note == "Left out: 2 control characters."


def test_newlines_of_every_kind_become_one() -> None:
    assert tidy("a\r\nb\rc\nd")[0] == "a\nb\nc\nd"


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert tidy("a\ud800b") == ("a\ufffdb", "")


def test_200_mb_are_refused_by_size_before_any_work() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return 200_000_000

        def __getitem__(self, place: object) -> bytes:
            raise AssertionError("it was read")

        decode = startswith = find = count = translate = __iter__ = __getitem__

    with pytest.raises(BadText, match=r"200\.0 MB and 10 MB is the most"):
        decode(Large())


def test_exactly_the_most_is_accepted() -> None:
    assert len(decode(b"ab" * (MAX_BYTES // 2))[0]) == MAX_BYTES
