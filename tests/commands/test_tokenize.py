"""`tokenize`: what it answers, and what it refuses."""

import json
from pathlib import Path

import pytest

from lm_core.cli import TOKENIZERS, main


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    path = tmp_path / "text.txt"
    path.write_text("The river was low and the road was warm.\n" * 30)
    return path


def answered(capsys: pytest.CaptureFixture, *args: object) -> dict:
    assert main(["tokenize", *map(str, args), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_gpt2_reads_hii_there_as_the_course_says(capsys: pytest.CaptureFixture) -> None:
    found = answered(capsys, "--vocabulary", "gpt2", "--text", "hii there")
    assert [row["id"] for row in found["tokens"]] == [71, 4178, 612]
    assert [row["text"] for row in found["tokens"]] == ["h", "ii", "·there"]
    assert (found["vocab_size"], found["round_trip"]) == (50_257, True)


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_every_kind_learns_from_a_file(
    kind: str, text: Path, capsys: pytest.CaptureFixture
) -> None:
    found = answered(capsys, "--tokenizer", kind, "--corpus", text, "--text", "the road, é")
    assert all(0 <= row["id"] < found["vocab_size"] and row["text"] for row in found["tokens"])
    # Which never saw the comma and the accent, and have no bytes to spell them by.
    words = kind in ("char", "char-bpe", "word", "published")
    assert found["round_trip"] is not words
    assert found["unknown_tokens"] == (2 if words else 0)


def test_the_size_can_be_said(text: Path, capsys: pytest.CaptureFixture) -> None:
    args = ["--tokenizer", "wordpiece", "--corpus", text, "--text", "road"]
    assert answered(capsys, *args, "--vocab-size", 520)["vocab_size"] == 520


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--vocabulary", "gpt2", "--text", ""], "--text is empty"),
        (["--vocabulary", "gpt2", "--tokenizer", "char", "--text", "a"], "GPT-2 reads byte pairs"),
        (["--vocabulary", "gpt2", "--vocab-size", "300", "--text", "a"], "go with --corpus"),
        (["--corpus", "numbers-en-fr", "--text", "a"], "holds pairs"),
        (["--corpus", "nowhere", "--text", "a"], "nowhere"),
        (["--corpus", "TEXT", "--vocab-size", "3", "--text", "a"], "from 257 to 65536"),
        (["--corpus", "TEXT", "--tokenizer", "char", "--vocab-size", "300", "--text", "a"], "size"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    args: list[str], said: str, text: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["tokenize", *(str(text) if arg == "TEXT" else arg for arg in args)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_vocabulary_or_a_text_has_to_be_named(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        main(["tokenize", "--text", "a"])
    assert end.value.code == 2
    assert "--corpus" in capsys.readouterr().err
