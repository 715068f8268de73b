import dataclasses
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.corpora import SPLITS, Corpus, corpora, wikitext
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import BadCheckpoint, BadText
from lm_core.models import models
from lm_core.runs import prepare as module
from lm_core.runs.prepare import Prepared, load_text, prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tokenizers import tokenizers
from lm_core.tokenizers.word import WordSettings
from tests.tiny import NAMES, TEXT, tiny_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def spec_of(corpus: CorpusSpec, family: str = "transformer", **rest) -> RunSpec:
    model = models[family].settings(**tiny_settings(family))
    return RunSpec(data=corpus, model_name=family, model=model, **rest)


def own(text: str = TEXT, *, items: bool = False, **rest) -> RunSpec:
    key = save_own(own_corpus(text, title="Mine", items=items))
    return spec_of(CorpusSpec(name="own", text=key, items=items), **rest)


def same(a: Prepared, b: Prepared) -> bool:
    splits = a.data.keys() == b.data.keys() and all(
        torch.equal(a.data[s].ids, b.data[s].ids)
        and torch.equal(a.data[s].starts, b.data[s].starts)
        and dataclasses.replace(a.data[s], ids=0, starts=0)
        == dataclasses.replace(b.data[s], ids=0, starts=0)
        for s in a.data
    )
    weights = zip(a.model.parameters(), b.model.parameters(), strict=True)
    tokens = a.tokenizer.to_dict() == b.tokenizer.to_dict()
    return splits and tokens and a.info == b.info and all(torch.equal(x, y) for x, y in weights)


@pytest.mark.parametrize("token", tokenizers.names())
@pytest.mark.parametrize("items", [False, True])
def test_the_second_time_comes_from_the_copy_and_is_the_same(
    token: str, items: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = {"codec": WordSettings(min_frequency=1)} if token == "word" else {}
    text = "\n".join(NAMES) if items else TEXT
    spec = own(text, items=items, codec_name=token, **rare)
    first = prepare(spec)
    monkeypatch.setattr(module, "load_text", None)  # a call would be an error
    assert same(first, prepare(spec))


def test_other_settings_share_the_copy_and_another_tokenizer_does_not(home: Path) -> None:
    prepare(own())
    kept = home / "prepared"
    assert len(list(kept.glob("*.json"))) == 1
    prepare(own(family="lstm", seed=5))
    assert len(list(kept.glob("*.json"))) == 1
    prepare(own(codec_name="word"))
    assert len(list(kept.glob("*.json"))) == 2
    assert not [path for path in kept.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("ending", ["json", "safetensors"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 50])
def test_a_damaged_copy_is_made_again(home: Path, ending: str, content: bytes) -> None:
    first = prepare(own())
    (path,) = (home / "prepared").glob(f"*.{ending}")
    path.write_bytes(content)
    assert same(first, prepare(own()))
    assert path.read_bytes() != content


def test_the_oldest_copies_go_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for age, word in enumerate(["one", "two", "three"]):
        before = set((home / "prepared").glob("*"))
        prepare(own(TEXT + word))
        for path in set((home / "prepared").glob("*")) - before:
            os.utime(path, (1000 + age, 1000 + age))
    assert len(list((home / "prepared").glob("*.safetensors"))) == 2
    assert len(list((home / "prepared").glob("*.json"))) == 2
    monkeypatch.setattr(module, "load_text", None)
    prepare(own(TEXT + "three"))
    with pytest.raises(TypeError):
        prepare(own(TEXT + "one"))


def test_a_home_that_cannot_be_written_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text(TEXT)
    (tmp_path / "file").touch()
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "file" / "home"))
    spec = spec_of(CorpusSpec(name="names"))
    assert same(prepare(spec), prepare(spec))


@pytest.fixture
def wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files under the names of WikiText-2, of which no hash is known, in `LM_LAB_DATA`."""
    folder = tmp_path / "data"
    folder.mkdir()
    for file in wikitext.FILES:
        (folder / file.name).write_text(TEXT)

    def load(progress: object = None) -> Corpus:
        texts = [file.find().read_text() for file in wikitext.FILES]
        splits = {split: [text] for split, text in zip(SPLITS, texts, strict=True)}
        return Corpus(wikitext.INFO, splits)

    entry = dataclasses.replace(corpora["wikitext-2"], build=load)
    monkeypatch.setitem(corpora._entries, "wikitext-2", entry)
    monkeypatch.setenv("LM_LAB_DATA", str(folder))
    return folder


def test_what_was_prepared_does_not_outlive_its_text(
    wiki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = spec_of(CorpusSpec(name="wikitext-2"))
    first = prepare(spec)
    assert same(first, prepare(spec))
    other = tmp_path / "other"
    shutil.copytree(wiki, other)
    for path in other.iterdir():
        path.write_text(TEXT.upper())
    monkeypatch.setenv("LM_LAB_DATA", str(other))  # another folder
    assert not same(first, prepare(spec))
    monkeypatch.setenv("LM_LAB_DATA", str(wiki))
    assert same(first, prepare(spec))
    for path in wiki.iterdir():
        path.write_text(TEXT + "More.")  # another file of the same name
    assert not same(first, prepare(spec))
    for path in wiki.iterdir():
        path.unlink()
    monkeypatch.setenv("LM_LAB_MIRROR", "http://127.0.0.1:9")
    with pytest.raises(AttributeError):  # the stand-in asks for the text, and it is not here
        prepare(spec)


@pytest.mark.parametrize("token", tokenizers.names())
def test_nor_the_packages_it_was_made_with(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = {"codec": WordSettings(min_frequency=1)} if token == "word" else {}
    prepare(spec := own(codec_name=token, **rare))
    packages = tokenizers[token].build.packages
    assert packages or token in ("char", "published")
    for package in packages:
        with monkeypatch.context() as patched:
            patched.setattr(module, "version", lambda name, p=package: f"{name == p}")
            patched.setattr(module, "load_text", None)  # a call is an error
            with pytest.raises(TypeError):
                prepare(spec)


def test_nor_the_package_its_text_came_with(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(spec := spec_of(CorpusSpec(name="names")))
    monkeypatch.setattr("lm_core.corpora.packages.version_of", lambda name, *_: "99.0")
    monkeypatch.setattr(module, "load_text", None)
    with pytest.raises(TypeError):
        prepare(spec)


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    spec = spec_of(CorpusSpec(name="file", file=str(file)))
    file.write_text(TEXT)
    first = prepare(spec)
    file.write_text(TEXT.upper())
    assert prepare(spec).tokenizer.to_dict() != first.tokenizer.to_dict()


def test_a_second_file_validates_and_all_of_the_first_trains(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text(TEXT)
    (tmp_path / "held.txt").write_text("Something quite different: 42!")
    corpus = CorpusSpec(
        name="file", file=str(tmp_path / "train.txt"), validation=str(tmp_path / "held.txt")
    )
    prepared = prepare(spec_of(corpus))
    assert set(prepared.data) == {"train", "validation"}
    train, held = prepared.data["train"], prepared.data["validation"]
    assert prepared.tokenizer.decode(train.ids).strip() == TEXT.strip()
    assert prepared.tokenizer.decode(held.ids) == "Something quite different: 42!"


def test_lines_of_a_file_may_be_items(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("\n".join([*NAMES, "", *NAMES]))
    corpus = CorpusSpec(name="file", file=str(tmp_path / "names.txt"), items=True)
    splits = load_text(corpus).splits
    assert sorted(name for split in splits.values() for name in split) == sorted(NAMES)
    assert prepare(spec_of(corpus)).data["train"].items


def test_every_character_of_every_split_has_a_token() -> None:
    prepared = prepare(own(TEXT + "¿" + "." * 5))  # the last split alone holds the strange one
    assert "¿" in prepared.tokenizer.chars


def test_the_seed_decides_the_weights() -> None:
    one, again, other = (prepare(own(seed=seed)) for seed in (1, 1, 2))
    assert same(one, again)
    assert not same(one, other)


def test_a_text_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(BadText, match="not stored on this machine"):
        prepare(spec_of(CorpusSpec(name="own", text="ab" * 32)))
    with pytest.raises(BadText, match="check the name of the file"):
        prepare(spec_of(CorpusSpec(name="file", file="nowhere.txt")))


def test_the_card_says_what_was_read_and_is_json() -> None:
    prepared = prepare(own())
    card = json.loads(json.dumps(prepared.card()))
    assert card["title"] == "transformer on Mine"
    assert card["corpus"]["items"] is False
    assert card["corpus"]["split"].endswith(".")
    assert RunSpec.from_dict(card["spec"]) == prepared.spec
    for split, encoded in prepared.data.items():
        counts = card["counts"][split]
        assert counts["tokens"] == encoded.predictions
        assert counts["bytes"] >= counts["characters"] >= counts["tokens"]


@pytest.mark.parametrize("items", [True, False])
def test_samples_depend_on_the_model_and_the_seed_alone(items: bool) -> None:
    prepared = prepare(own("\n".join(NAMES) if items else TEXT, items=items))
    write = prepared.writer(seed=3)
    assert write(prepared.model) == write(prepared.model) != prepared.writer(seed=4)(prepared.model)


def test_a_model_that_reads_both_sides_fills_gaps() -> None:
    prepared = prepare(own(family="encoder"))
    shown = prepared.writer()(prepared.model)
    assert "_" in shown.text
    assert (shown.kind, shown.pieces) == ("text", ())


def test_training_goes_on_only_over_the_text_it_began_with(tmp_path: Path) -> None:
    prepared = prepare(own())
    save_checkpoint(tmp_path / "run", prepared.model, prepared.tokenizer, prepared.card())
    saved = load_checkpoint(tmp_path / "run")
    prepare(own()).check_same_text(saved)
    for other in (TEXT + TEXT, TEXT.upper()):  # another length; other characters
        with pytest.raises(BadCheckpoint, match="The text has changed since run was made"):
            prepare(own(other)).check_same_text(saved)


@pytest.mark.parametrize("kind", ["pairs", "classes", "values"])
def test_a_text_that_is_said_to_be_something_else_is_refused_in_a_sentence(kind: str) -> None:
    spec = own()
    said = replace(spec.data, kind=kind)
    family = "encoder-decoder" if kind == "pairs" else "lstm"
    model = models[family].settings(**tiny_settings(family))
    with pytest.raises(BadText, match="holds running text, not"):
        prepare(RunSpec(data=said, model_name=family, model=model))
