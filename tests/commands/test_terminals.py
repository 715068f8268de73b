"""Output never fails for its encoding; an argument that is no text is refused in a sentence."""

import io
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from lm_core.checkpoints import save_checkpoint
from lm_core.cli import main
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from tests.marks import most_slow
from tests.tiny import lively_model
from tests.translators import saved_translator

ROOT = Path(__file__).parents[2]
FOREIGN = (
    "\u043f\u0440\u0438\u0432\u0435\u0442 na\u00efve \u4e16\u754c \U0001f642 \u2028 \u200d e\u0301"
)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models of foreign letters, by characters and by bytes, and a text."""
    folder = tmp_path_factory.mktemp("foreign")
    for name, tokenizer in (
        ("char", CharTokenizer.train([FOREIGN])),
        ("bpe", BPETokenizer.train([FOREIGN], BPESettings(vocab_size=257))),
    ):
        model = lively_model("lstm", tokenizer.vocab_size)
        save_checkpoint(folder / name, model, tokenizer, {"title": FOREIGN})
    saved_translator(folder / "pairs", reader=CharTokenizer.train([FOREIGN]))
    (folder / "text.txt").write_text(FOREIGN * 20, encoding="utf-8")
    return folder


COMMANDS = {
    "corpora": ["corpora"],
    "models": ["models"],
    "doctor": ["doctor", "--cases"],
    "score": ["score", "{kind}", "--text", FOREIGN],
    "generate": ["generate", "{kind}", "--prompt", FOREIGN, "--max-tokens", "80", "--stream"],
    "beams": ["generate", "{kind}", "--beam", "2", "--samples", "2", "--max-tokens", "20"],
    "evaluate": ["evaluate", "{kind}", "--corpus", "text.txt", "--split", "all"],
    "tokenize": ["tokenize", "--corpus", "text.txt", "--vocab-size", "300", "--text", FOREIGN],
    "quantize": ["quantize", "{kind}", "--scheme", "int4", "--out", f"{{kind}} {FOREIGN[:6]}"],
    "translate": ["translate", "pairs", "--text", FOREIGN],
    "refused": ["evaluate", f"nowhere/{FOREIGN}"],
    "unknown": ["train", "--corpus", "names", "--model", FOREIGN],
    "no option": ["score", "{kind}", f"--{FOREIGN}"],
}


def spoken(
    args: list[str], monkeypatch: pytest.MonkeyPatch, encoding: str
) -> tuple[int, bytes, bytes]:
    """What a command writes to streams of this encoding, which fail for what it lacks."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict") for _ in "ab"]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    try:
        status = main(args)
    except SystemExit as end:
        status = end.code
    for stream in streams:
        stream.flush()
    return status, *[stream.buffer.getvalue() for stream in streams]


@pytest.mark.parametrize(
    ("kind", "encoding"),
    most_slow(
        list(product(("char", "bpe"), ("ascii", "cp1252", "utf-8"))),
        quick=[("char", "ascii"), ("bpe", "cp1252")],
    ),
)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_output_fails_for_its_encoding(
    monkeypatch: pytest.MonkeyPatch, foreign: Path, name: str, encoding: str, kind: str
) -> None:
    monkeypatch.chdir(foreign)
    args = [arg.replace("{kind}", kind) for arg in COMMANDS[name]]
    status, out, err = spoken(args, monkeypatch, encoding)
    assert status == (2 if name in ("refused", "unknown", "no option") else 0), err
    said = out.decode(encoding) + err.decode(encoding)
    assert said.strip()
    assert not any("\ud800" <= char <= "\udfff" for char in said)
    if status == 2:
        assert len(err.decode(encoding).splitlines()) == 1
        return
    status, out, _ = spoken([*args, "--json"], monkeypatch, encoding)
    assert status == 0
    assert out.isascii()
    text = json.dumps(json.loads(out.decode("ascii")), ensure_ascii=False)
    text.encode()  # no half characters either


@pytest.mark.slow
def test_a_pipe_of_another_encoding(foreign: Path) -> None:
    """As on Windows, where what is piped is in a code page of the region."""
    command = [sys.executable, "-m", "lm_core", "score", "char", "--text", FOREIGN]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=foreign, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"\\u043f" in done.stdout
    assert "\u00ef".encode("cp1252") in done.stdout


HALF = os.fsdecode(b"caf\xe9")  # bytes that are not UTF-8, as the shell hands them on


@pytest.mark.parametrize("half", [HALF, "\ud83d", "a\udc00" * 3000])
@pytest.mark.parametrize(
    "args",
    [
        ["score", "char", "--text", "{half}"],
        ["generate", "char", "--prompt", "{half}"],
        ["generate", "bpe", "--prompt={half}"],
        ["generate", "bpe", "--stop", "{half}"],
        ["evaluate", "{half}"],
        ["evaluate", "char", "--corpus", "{half}.txt"],
        ["train", "--corpus", "text.txt", "--model", "ngram", "--out", "{half}"],
        ["train", "--corpus", "text.txt", "--model", "ngram", "--set", "model.{half}=1"],
        ["doctor", "--case", "{half}"],
        ["{half}"],
    ],
)
def test_an_argument_that_is_no_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, foreign: Path, args: list[str], half: str
) -> None:
    monkeypatch.chdir(foreign)
    before = sorted(path.name for path in foreign.iterdir())
    given = [arg.replace("{half}", half) for arg in args]
    status, out, err = spoken(given, monkeypatch, "utf-8")
    assert (status, out) == (2, b"")
    (line,) = err.decode().splitlines()
    assert "is not UTF-8" in line
    assert len(line) < 700
    assert sorted(path.name for path in foreign.iterdir()) == before


def test_half_a_prompt_is_refused_by_the_library_too(foreign: Path) -> None:
    from lm_core.checkpoints import load_checkpoint
    from lm_core.errors import BadText
    from lm_core.generation import write_text

    saved = load_checkpoint(foreign / "bpe")
    with pytest.raises(BadText, match="half a character"):
        write_text(saved.model, saved.tokenizer, "a\ud83d", max_tokens=3)
