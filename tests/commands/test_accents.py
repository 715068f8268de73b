"""Accents in one character or in two: a text, a prompt and a file to score mean the same."""

import json
import unicodedata
from itertools import product
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from lm_core.codec import Bare
from lm_core.codecs import PairCodec
from tests.marks import most_slow

ROOT = Path(__file__).parents[2]
WORDS = ("été", "déjà", "naïf", "à", "crème", "Zoë", "gâteau", "forêt", "œuf", "garçon")
AS_ONE = "".join(f"{a} {b}, {c}.\n" for a in WORDS for b in WORDS for c in WORDS[:3])
APART = unicodedata.normalize("NFD", AS_ONE)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("texts")
    for name, text in (("one", AS_ONE), ("apart", APART)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.txt" for name in ("one", "apart")}


def train(text: Path, out: Path, *more: str) -> Path:
    arguments = ["train", "--corpus", text, "--model", "lstm", "--set=model.n_embd=8", "--steps=3"]
    assert main([str(arg) for arg in (*arguments, *more, "--out", out)]) == 0
    return out


def answer(capsys: pytest.CaptureFixture, *arguments: object) -> dict:
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("learned", "tokenizer"),
    most_slow(
        list(product(("one", "apart"), ("char", "word", "bpe"))),
        quick=[("apart", "char"), ("one", "bpe")],
    ),
)
def test_both_spellings_are_one(
    learned: str,
    tokenizer: str,
    texts: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    folder = train(texts[learned], tmp_path / "model", "--tokenizer", tokenizer)
    told = "one character (NFC)" in capsys.readouterr().err
    assert told == (learned == "apart")
    codec = load_checkpoint(folder).codec
    cut = (codec.source, codec.target) if isinstance(codec, PairCodec) else (codec,)
    assert {tokenizer.form for tokenizer in cut} == {"NFC"}
    scored = [answer(capsys, "score", folder, "--text", text) for text in (AS_ONE, APART)]
    assert scored[0] == scored[1]
    files = [
        answer(capsys, "evaluate", folder, "--corpus", path, "--split", split)
        for split in ("all", "validation")
        for path in texts.values()
    ]
    assert files[0] == files[1] != files[2] == files[3]
    assert files[0]["unknown_tokens"] == 0
    written = [
        answer(capsys, "generate", folder, "--prompt", prompt, "--max-tokens", "20")["texts"]
        for prompt in ("été", unicodedata.normalize("NFD", "été"))
    ]
    assert written[0] == [unicodedata.normalize("NFC", text) for text in written[1]]


@pytest.mark.parametrize("folder", sorted((ROOT / "checkpoints").glob("*-*")), ids=lambda f: f.name)
def test_models_that_ship_read_both_spellings(folder: Path) -> None:
    codec = load_checkpoint(folder).codec
    if isinstance(codec, Bare):  # of pictures, or of points
        return
    cut = (codec.source, codec.target) if isinstance(codec, PairCodec) else (codec,)
    assert {tokenizer.form for tokenizer in cut} == {"NFC"}


def test_accents_may_stay_as_they_stand(
    texts: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """So does a checkpoint that was made before there was a choice: it knows no form."""
    folder = train(texts["apart"], tmp_path / "model", "--set=corpus.form=none")
    kept = json.loads((folder / "codec.json").read_text())
    assert "form" not in kept
    assert "\u0301" in kept["chars"]
    assert "é" not in kept["chars"]
    meta = json.loads((folder / "meta.json").read_text())
    assert meta["spec"]["data"].pop("form") == "none"
    (folder / "meta.json").write_text(json.dumps(meta))  # as an older one
    for more in ([], ["--corpus", texts["apart"]], ["--corpus", texts["apart"], "--split", "all"]):
        assert answer(capsys, "evaluate", folder, *more)["unknown_tokens"] == 0
    assert main(["score", str(folder), "--text", "été"]) == 2
    assert "in the form NFD of Unicode" in capsys.readouterr().err
    going_on = answer(capsys, "train", "--resume", folder, "--steps", "5")
    assert going_on["steps"] == 5
    assert load_checkpoint(folder).tokenizer.form == ""


def test_a_checkpoint_without_a_form_goes_on_over_a_text_that_has_it(
    texts: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folder = train(texts["one"], tmp_path / "model")
    kept = json.loads((folder / "codec.json").read_text())
    assert kept.pop("form") == "NFC"
    (folder / "codec.json").write_text(json.dumps(kept))
    meta = json.loads((folder / "meta.json").read_text())
    del meta["sha256"]["codec.json"]
    (folder / "meta.json").write_text(json.dumps(meta))
    other = train(texts["one"], tmp_path / "other")
    mixed = ["--set", f"model.first={folder}", "--set", f"model.second={other}"]
    answer(capsys, "train", "--model", "mixture", *mixed, "--out", tmp_path / "mixture")
    assert answer(capsys, "train", "--resume", folder, "--steps", "5")["steps"] == 5
