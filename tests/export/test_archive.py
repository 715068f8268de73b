"""The archive on a machine that knows nothing of this package: it writes, says the same, and learns
the same again from the text that is in it."""

import dataclasses
import json
import re
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.corpora import Corpus, corpora
from lm_core.encoded import encode_corpus
from lm_core.evaluation import evaluate
from lm_core.export import archive, export_checkpoint
from lm_core.tokenizers import Tokenizer, load_tokenizer
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.word import WordSettings, WordTokenizer
from tests.export.test_script import python
from tests.export.trained import STEPS, trained
from tests.marks import most_slow
from tests.tiny import TEXT, alphabet, lively_model, some_ids

# family -> tokens, whether lines are items, how it was trained; every family that has a script.
RUNS: dict[str, tuple[str, bool, dict[str, Any]]] = {
    "neural-bigram": ("char", False, {"patience": 3}),
    "mlp": ("char", True, {"optimizer": "muon", "schedule": "constant", "keep_best": False}),
    "rnn": ("word", False, {}),
    "gru": ("bpe", True, {"keep_best": False}),
    "lstm": ("bpe", False, {"schedule": "linear", "grad_clip": 0.1, "keep_best": True}),
    "transformer": ("bpe", False, {"optimizer": "muon", "weight_decay": 0.1}),
}
SOME = ["mlp", "transformer"]  # with and without pieces as tokens
SAID = "The old miller; it's 12 dogs, (naïve) \u4f60\u597d!"
# One Python for all, with torch and numpy alone. `python model.py` without arguments, renamed, and
# from another folder; then its pieces.
ALONE = """
import io, json, runpy, sys
import torch
for name in ("lm_core", "tokenizers", "torchtext", "safetensors"):
    sys.modules[name] = None
own = sys.stdout
for folder, idx, text in json.loads(sys.argv[1]):
    sys.argv = [f"{folder}/renamed.py"]
    sys.stdout = io.TextIOWrapper(io.BytesIO(), "utf-8")
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.stdout.seek(0)
    wrote, sys.stdout = sys.stdout.read(), own
    script, said = runpy.run_path(sys.argv[0]), []
    logits = script["load"]()(torch.tensor(idx))[0].tolist()
    try:
        ids = script["encode"](text)
    except SystemExit as strange:
        ids = str(strange)
    script["learn"](say=said.append)
    print(json.dumps([wrote, logits, ids, said]))
"""


@pytest.mark.parametrize("families", most_slow([SOME, list(RUNS)], quick=[SOME]), ids=len)
def test_it_writes_says_the_same_and_learns_the_same_again(
    tmp_path: Path, families: list[str]
) -> None:
    made, asked = {}, []
    for family in families:
        tokens, items, train = RUNS[family]
        saved, losses, ready = trained(
            tmp_path / family, family, items=items, tokens=tokens, **train
        )
        done = export_checkpoint(saved, "archive", tmp_path / f"{family}.zip")
        assert done.max_difference <= 1e-4
        with zipfile.ZipFile(done.out) as packed:
            packed.extractall(tmp_path / "unpacked")
        folder = tmp_path / "unpacked" / family
        assert {file.name for file in folder.iterdir()} == {
            "model.py",
            "model.safetensors",
            "train.txt",
            "validation.txt",
            "README.txt",
        }
        (folder / "model.py").rename(folder / "renamed.py")
        idx = some_ids(2, 9, saved.model.vocab_size, seed=5)
        made[family] = saved, losses, ready, idx
        asked.append([str(folder), idx.tolist(), SAID])
    answers = python(tmp_path, "-c", ALONE, json.dumps(asked)).stdout.splitlines()
    for (family, (saved, losses, ready, idx)), line in zip(made.items(), answers, strict=True):
        tokens, items, train = RUNS[family]
        wrote, logits, ids, said = json.loads(line)
        assert len(wrote.splitlines()) >= (10 if items else 1)
        assert len(wrote) > 20
        with torch.no_grad():
            torch.testing.assert_close(torch.tensor(logits), saved.model(idx)[0], atol=1e-4, rtol=0)
        if tokens == "char":
            assert ids.startswith("This model never saw ")
        else:
            assert ids == saved.tokenizer.encode(SAID).tolist()
        again = [float(n) for n in re.findall(r"^step \d+: ([\d.]+) nats", "\n".join(said), re.M)]
        assert again == pytest.approx(losses[: len(again)], abs=2e-4)
        assert len(again) == STEPS or "patience" in train
        if items:  # whose rows are scored one by one, here and there
            nats = evaluate(saved.model, ready.data["validation"]).nats_per_token
            assert said[-1] == f"validation: {nats:.4f} nats"


def test_the_best_weights_are_kept_and_training_ends_in_time(tmp_path: Path) -> None:
    rate = {"lr": 3.0, "schedule": "constant", "warmup": 0.0, "grad_clip": 0.0}
    saved, _, _ = trained(tmp_path / "a", "neural-bigram", keep_best=True, patience=2, **rate)
    script = unpacked(export_checkpoint(saved, "archive", tmp_path / "a.zip").out)
    said: list[str] = []
    script["learn"](say=said.append)
    judged = [float(line.split()[-2]) for line in said if line.startswith("validation after")]
    assert sum(line.startswith("step ") for line in said) < STEPS
    assert judged[-3] == min(judged)  # twice no better, which is its patience
    assert said[-1] == f"validation: {min(judged):.4f} nats"


def unpacked(path: Path) -> dict[str, Any]:
    """The functions of the script in an archive."""
    with zipfile.ZipFile(path) as packed:
        packed.extractall(path.parent / "unpacked")
    return runpy.run_path(str(path.parent / "unpacked" / path.stem / "model.py"))


def archived(tmp_path: Path, tokenizer: Tokenizer, corpus: str = "names") -> Path:
    """An archive of an untrained model with this tokenizer."""
    spec = {"budget": {"steps": 1}, "corpus": {"name": corpus}}
    meta = {"spec": spec, "corpus": {"items": corpora[corpus].extra["info"].kind == "items"}}
    model = lively_model("neural-bigram", tokenizer.vocab_size)
    saved = load_checkpoint(save_checkpoint(tmp_path / "model", model, tokenizer, meta))
    return export_checkpoint(saved, "archive", tmp_path / "packed.zip").out


PIECES = [
    "'s",
    "'ll",
    "'",
    " ",
    "  ",
    "\n",
    "\t",
    "\x1c",
    "\x85",
    "12",
    "½",
    "Ⅷ",
    "²",
    "é",
    "e\u0301",
]
PIECES += [
    "the ",
    "Water",
    ".",
    "...",
    "(",
    '"',
    "<br />",
    "<eos>",
    "<|endoftext|>",
    "🙂",
    "你好",
    "\xa0",
]
# Letters that are newer than this Python's table of Unicode are no letters to it.
ANY = st.text(st.characters(exclude_categories=("Cs", "Cn")))
TEXTS = st.lists(st.sampled_from(PIECES) | ANY).map("".join)
LONGER = TEXT + " Élan vital, a naïve café: l'été 1905 — 你好, 你好. It's they'll! \n\n  ½ 🙂🙂"


@pytest.fixture(scope="module", params=["bpe", "bpe NFC", "word"])
def pair(request, tmp_path_factory) -> tuple[Tokenizer, dict[str, Any]]:
    """A tokenizer of the lab, and the functions of a script that carries it."""
    made, how = WordTokenizer, WordSettings(min_frequency=1)
    if request.param != "word":
        made, how = BPETokenizer, BPESettings(vocab_size=400)
    tokenizer = made.train([LONGER], how, form="NFC" if "NFC" in request.param else "")
    folder = tmp_path_factory.mktemp(made.name)
    return tokenizer, unpacked(archived(folder, tokenizer))


@given(text=TEXTS)
def test_a_script_reads_as_the_labs_tokenizer_does(pair, text: str) -> None:
    tokenizer, script = pair
    ids = tokenizer.encode(text).tolist()
    assert script["encode"](text) == ids
    assert script["decode"](ids) == tokenizer.decode(ids)


@given(data=st.data())
def test_and_writes_as_it_does_whatever_ids_come(pair, data) -> None:
    tokenizer, script = pair
    ids = data.draw(st.lists(st.integers(0, tokenizer.vocab_size - 1)))
    assert script["decode"](ids) == tokenizer.decode(ids)


def test_a_vocabulary_from_elsewhere_keeps_its_order_and_strange_tokens_are_refused(
    tmp_path: Path,
) -> None:
    told = BPETokenizer.train([LONGER], None).to_dict()
    told["tokens"] = told["tokens"][::-1]
    tokenizer = load_tokenizer(told)
    script = unpacked(archived(tmp_path, tokenizer))
    assert script["encode"](LONGER) == tokenizer.encode(LONGER).tolist()
    strange = load_tokenizer(told | {"tokens": [*told["tokens"], "\u4f60"]})
    with pytest.raises(Exception, match=r"a token that is no bytes, .*: export it as TorchScript"):
        archived(tmp_path / "strange", strange)


def test_several_texts_are_parted_as_the_lab_parts_them(tmp_path: Path, monkeypatch) -> None:
    info = corpora["speeches"].extra["info"]
    splits = {"train": ["One.\n", "Two\ntwo.", "\n"], "validation": ["Three."], "test": []}
    monkeypatch.setattr(archive, "load_text", lambda spec: Corpus(info, splits))
    tokenizer = alphabet(97)
    script = unpacked(archived(tmp_path, tokenizer, "speeches"))
    encoded = encode_corpus(Corpus(info, splits), tokenizer)
    for split, documents in zip(("train", "validation"), script["texts"](), strict=True):
        ids, starts = script["streamed"](documents)
        assert ids.tolist() == encoded[split].ids.tolist()
        assert starts == encoded[split].starts.tolist()
    readme = (tmp_path / "unpacked" / "packed" / "README.txt").read_text()
    assert info.licence in readme
    assert info.source in readme


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"may_be_passed_on": False}, "may not be passed on (Public domain (works of the US"),
        (None, "The text it learned from is not here: That text is not stored"),
    ],
)
def test_a_text_that_is_not_given_on_is_one_sentence(given, says, tmp_path, monkeypatch) -> None:
    if given is not None:
        info = dataclasses.replace(corpora["speeches"].extra["info"], **given)
        splits = {"train": ["One."], "validation": ["Three."], "test": []}
        monkeypatch.setattr(archive, "load_text", lambda spec: Corpus(info, splits))
    else:
        gone = {"name": "own", "text": "0" * 64}
        whole = archive.load_text
        own = dataclasses.replace
        monkeypatch.setattr(archive, "load_text", lambda spec: whole(own(spec, **gone)))
    path = archived(tmp_path, alphabet(97), "speeches")
    with zipfile.ZipFile(path) as packed:
        names = {Path(name).name for name in packed.namelist()}
        readme = packed.read("packed/README.txt").decode()
    assert names == {"model.py", "model.safetensors", "README.txt"}
    assert says in readme
    assert "train FILE" in readme
