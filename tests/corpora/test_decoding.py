"""Bytes become text, or one sentence that says how to mend them."""

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora import decoding
from lm_core.corpora.decoding import MAX_BYTES, decode, plainly_utf8, tidy
from lm_core.errors import BadSettings, BadText

PROSE = "Größe, café, naïve; “quoted” – and plain words enough to look like text.\n" * 3


@given(st.text())
def test_utf8_comes_back_as_it_was_but_for_newlines_and_control_characters(text: str) -> None:
    try:
        read, note = decode(text.encode("utf-8"))
    except BadText:
        return
    if not note:
        plain = text.removeprefix("\ufeff")  # another is said
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


@pytest.mark.parametrize("text", [PROSE, "Съешь же ещё этих мягких булок.\n" * 5, "Emma\nAva\n"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_utf16_without_its_mark_is_read_and_said(text: str, encoding: str) -> None:
    read, note = decode(text.encode(encoding))
    assert read == text
    assert note == f"Without a mark of its encoding: read as {encoding.upper()}, a guess."


def test_windows_text_is_read_and_the_note_says_so() -> None:
    text, note = decode(PROSE.encode("cp1252"))
    assert text == PROSE
    assert "Windows-1252" in note
    assert "check its accents" in note


TEXTS = {
    "German": "Größe und Maß für die schönen Mädchen aus Köln, über Österreich nach Zürich.\n",
    "French": "L'été dernier, nous avons mangé des crêpes près de l'église. Ça m'a plu, garçon.\n",
    "Spanish": "El niño comió piña mañana; ¿dónde está el corazón? ¡Qué día más difícil!\n",
    "Danish": "Alle mennesker er født frie og lige i værdighed og rettigheder, på én gang.\n",
    "names": "Zoë\nChloé\nRenée\nBjörn\nJosé\nMaría\nÅsa\nSøren\nFrançois\nMüller\n",
    "English": "“Hello,” she said – it’s a café… don’t.\n",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.\n",
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy.\n",
    "Hungarian": "Az összes emberi lény szabadon születik és egyenlő méltósága van. Őrült tűz.\n",
    "Turkish": "Şişli'de güneşli bir gün; çocuklar ağaçların altında oynuyor.\n",
    "Russian": "Все счастливые семьи похожи друг на друга, каждая несчастлива по-своему.\n",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια.\n",
    "Hebrew": "בראשית ברא אלהים את השמים ואת הארץ. והארץ היתה תהו ובהו וחשך על פני תהום.\n",
    "Arabic": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق وقد وهبوا عقلاً وضميراً.\n",
    "Chinese": "今天天气很好，我们一起去公园散步。孩子们在草地上玩耍，大家都很高兴。\n",
    "Japanese": "いろはにほへと ちりぬるを わかよたれそ つねならむ。今日は天気がいいですね。\n",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.\n",
}
WESTERN = ("cp1252", "mac_roman", "cp850")
ENCODINGS = {
    **dict.fromkeys(("German", "French", "Spanish", "Danish", "names"), WESTERN),
    "English": ("cp1252", "mac_roman"),
    "Polish": ("cp1250", "iso8859_2", "cp852"),
    "Czech": ("cp1250", "iso8859_2", "cp852"),
    "Hungarian": ("cp1250",),
    "Turkish": ("cp1254",),
    "Russian": ("cp1251", "koi8_r", "cp866", "mac_cyrillic"),
    "Greek": ("cp1253", "iso8859_7"),
    "Hebrew": ("cp1255",),
    "Arabic": ("cp1256",),
    "Chinese": ("gbk", "big5"),
    "Japanese": ("shift_jis", "euc_jp"),
    "Korean": ("euc_kr",),
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(name, one) for name, all in ENCODINGS.items() for one in all]
)
@pytest.mark.parametrize("times", [1, 20])
def test_an_old_encoding_is_guessed_and_said_to_be_a_guess(
    language: str, encoding: str, times: int
) -> None:
    text = TEXTS[language] * times
    if encoding == "big5":
        text = "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏。\n" * times
    read, note = decode(text.encode(encoding))
    assert read == text
    assert re.match(
        r"Not UTF-8: read as [A-Z].+, a guess; check its (accents|letters), as in “", note
    )
    assert note.endswith("save it again as UTF-8.")


def test_a_guess_shows_words_to_judge_it_by() -> None:
    _, note = decode(TEXTS["German"].encode("mac_roman"))
    assert "(Mac Roman)" in note
    assert "“Größe”, “Maß”, “für”" in note


def test_the_first_accent_may_stand_far_down() -> None:
    text = "plain words of a line\n" * 50_000 + TEXTS["French"] * 3
    assert decode(text.encode("mac_roman"))[0] == text


def test_marks_of_joined_files_are_left_out_and_said() -> None:
    joined = b"".join(codecs.BOM_UTF8 + part for part in (b"Emma\n", b"Ava\n", b"Mia\n"))
    assert decode(joined) == ("Emma\nAva\nMia\n", "Left out: 2 byte-order marks.")
    wide = "Emma\n".encode("utf-16") + "Ava\n".encode("utf-16")
    assert decode(wide) == ("Emma\nAva\n", "Read as UTF-16. Left out: 1 byte-order mark.")


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


@pytest.mark.parametrize("encoding", decoding.ENCODINGS)
def test_an_encoding_that_is_said_is_taken(encoding: str) -> None:
    """Whatever it looks like; what is no letter there is counted."""
    words = "one two three " * 20
    text, note = decode(words.encode(encoding), encoding=encoding)
    assert text == words
    assert note == f"Read as {decoding.ENCODINGS[encoding]}, as you said."


def test_a_wrong_guess_is_mended_by_saying_it_and_broken_letters_are_counted() -> None:
    polish = "Zażółć gęślą jaźń. " * 20
    assert decode(polish.encode("cp1250"), encoding="cp1250")[0] == polish
    assert decode(polish.encode("cp1250"), encoding="cp1252")[0] != polish
    broken = "é".encode() * 40 + b" and \xff"
    with pytest.raises(BadText, match="broken letters"):
        decode(broken)
    text, note = decode(broken, encoding="utf-8")
    assert text == "é" * 40 + " and \ufffd"
    assert note == "Read as UTF-8, as you said. 1 letter of it could not be read."
    with pytest.raises(BadSettings, match="no encoding"):
        decode(broken, encoding="utf-9")
    assert [plainly_utf8(b) for b in (b"abc", "é".encode(), b"\xff", b"a\0b")] == [1, 1, 0, 0]
