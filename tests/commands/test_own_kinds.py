"""Files of pairs and of labelled texts on the command line: what they hold is said by the task, by
the family, or by their look."""

import json
from pathlib import Path

import pytest

from lm_core.checkpoints import read_meta
from lm_core.cli import main
from lm_core.corpora.own import save_own
from lm_core.corpora.own_kind import corpus_of
from lm_core.errors import BadText
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import CorpusSpec, RunSpec
from tests.corpora.test_own_kind import CLASSES, LIST, PAIRS, PROSE, VALUES

SMALL = ["--steps", 2, "--threads", 1, "--set", "model.n_layer=1", "--set", "model.n_embd=8"]
SMALL += ["--set", "model.n_head=1"]


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object, status: int = 0) -> str:
        capfd.readouterr()
        assert main([str(arg) for arg in args]) == status
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return err if status else out

    return run


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {"pairs.tsv": PAIRS, "classes.csv": CLASSES, "values.csv": VALUES, "prose.txt": PROSE}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name.partition(".")[0]: tmp_path / name for name in texts}


@pytest.mark.parametrize(
    ("file", "model", "given", "task"),
    [
        ("pairs", "encoder-decoder", ["--task", "translation"], "translation"),
        ("pairs", "encoder-decoder", [], "translation"),
        ("classes", "transformer", ["--task", "text-class"], "text-class"),
        ("classes", "encoder", [], "text-class"),
        ("values", "transformer", [], "text-value"),
        ("values", "transformer", ["--task", "text-class"], "text-class"),
        ("prose", "encoder-decoder", [], "next-token"),
        ("pairs", "transformer", [], "next-token"),
        ("pairs", "encoder-decoder", ["--task", "next-token"], "next-token"),
        ("prose", "transformer", ["--items"], ""),
    ],
)
def test_a_file_is_read_as_its_task_wants_it(
    lm, files: dict[str, Path], tmp_path: Path, file: str, model: str, given: list, task: str
) -> None:
    out = tmp_path / "model"
    args = ["train", "--corpus", files[file], "--model", model, *given, *SMALL, "--out", out]
    if not task:
        assert "different items here" in lm(*args, status=2)
        return
    answer = json.loads(lm(*args, "--json").splitlines()[-1])
    assert answer["task"] == read_meta(out)["task"]["name"] == task
    assert answer["validation_nats"] > 0
    assert read_meta(out)["corpus"]["name"].startswith("own-")


@pytest.mark.parametrize(
    ("text", "model", "given", "said"),
    [
        (LIST, "rnn-translator", [], "There is one column here and pairs have two"),
        (PROSE, "encoder-decoder", ["--task", "translation"], "1 different pair"),
        ("", "encoder-decoder", ["--task", "translation"], "There is no text in this"),
        (PAIRS[:100], "encoder-decoder", ["--task", "translation"], "20 is the least"),
        (PAIRS, "lstm", ["--task", "translation"], "lstm does not learn translation"),
        (PAIRS, "encoder", ["--task", "text-class"], "no column named text"),
        (CLASSES, "transformer", ["--task", "text-value"], "“rude” is no number"),
        (PAIRS, "encoder-decoder", ["--task", "translating"], "translation"),
        (PAIRS, "rnn-translator", ["--validation", "held.tsv"], "held.tsv cannot be read"),
    ],
)
def test_what_does_not_fit_together_is_one_sentence(
    lm, tmp_path: Path, text: str, model: str, given: list, said: str
) -> None:
    (tmp_path / "mine.txt").write_text(text, encoding="utf-8")
    args = ["train", "--corpus", tmp_path / "mine.txt", "--model", model, "--steps", 1, *given]
    error = lm(*args, "--out", tmp_path / "model", status=2)
    assert said in error
    assert len(error.splitlines()) == 1


HELD = {
    "pairs": "word a\tmot a\nword 3\tmot b\nword c\tmot c",
    "classes": "label,text\nkind,another text\nrude,a text 3\n",
    "values": "label,text\n0.5,another text\n1,A  text 3\n",
}
LEARNS = {"pairs": "rnn-translator", "classes": "lstm", "values": "lstm"}


@pytest.mark.parametrize("kind", HELD)
def test_a_file_of_its_own_validates_and_nothing_of_it_trains(
    lm, files: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    held, out = tmp_path / "held.txt", tmp_path / "model"
    held.write_text(HELD[kind], encoding="utf-8")
    args = ["train", "--corpus", files[kind], "--validation", held, "--model", LEARNS[kind]]
    task = ["--task", "text-value" if kind == "values" else "text-class"] * (kind != "pairs")
    answer = json.loads(lm(*args, *task, *SMALL[:-2], "--out", out, "--json").splitlines()[-1])
    corpus = load_text(RunSpec.from_dict(read_meta(out)["spec"], trusted=True).data)
    counts = read_meta(out)["counts"]
    assert len(corpus.splits["validation"]) == HELD[kind].strip().count("\n") + (kind == "pairs")
    assert corpus.splits["test"] == []
    assert len(corpus.splits["train"]) == 39  # one of the 40 shares a side with those
    assert set(counts) == {"train", "validation"}
    again = json.loads(lm("evaluate", out, "--json").splitlines()[-1])
    assert again["nats_per_token"] == pytest.approx(answer["validation_nats"], rel=1e-5)
    file = lm("evaluate", out, "--corpus", held, "--split", "all", "--json").splitlines()[-1]
    assert json.loads(file)["nats_per_token"] == pytest.approx(again["nats_per_token"], rel=1e-5)
    assert "no test split" in lm("evaluate", out, "--split", "test", status=2)


@pytest.mark.parametrize(
    ("kind", "held", "said"),
    [
        ("pairs", "", "In the validation file: There is no text in this"),
        ("pairs", LIST, "In the validation file: There is one column here"),
        ("pairs", "Source\tTarget\n", "In the validation file: There is no pair to validate on."),
        ("pairs", PAIRS, "Without what shares a side with the validation file 0 different pairs"),
        ("classes", PAIRS, "In the validation file: This CSV has no column named text"),
        ("classes", "text,label\n", "In the validation file: There is no text with a label"),
        ("classes", "text,label\nx,odd\n", "The validation file has the label “odd”, which no"),
        ("classes", CLASSES, "Without those of the validation file 0 different texts would"),
        ("values", CLASSES, "In the validation file: The label “rude” is no number"),
        ("values", "text,label\nx,1e999\n", "In the validation file: The label “1e999” is no"),
    ],
)
def test_what_is_wrong_with_a_validation_file_is_one_sentence_that_names_it(
    lm, files: dict[str, Path], tmp_path: Path, kind: str, held: str, said: str
) -> None:
    (tmp_path / "held.txt").write_text(held, encoding="utf-8")
    args = ["train", "--corpus", files[kind], "--validation", tmp_path / "held.txt", *SMALL[:-2]]
    task = ["--task", "text-value" if kind == "values" else "text-class"] * (kind != "pairs")
    error = lm(*args, "--model", LEARNS[kind], *task, "--out", tmp_path / "model", status=2)
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "model").exists()


def test_a_stored_text_is_not_taken_for_another_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    pairs, names = (
        save_own(corpus)
        for corpus in (corpus_of("pairs", PAIRS, title="Mine"), corpus_of("items", LIST, title="L"))
    )
    assert load_text(CorpusSpec(name="own", text=pairs, kind="pairs")).info.kind == "pairs"
    assert (
        load_text(CorpusSpec(name="own", text=names)).info.kind == "items"
    )  # as runs of before say it
    for text, kind, said in [
        (pairs, "", "“Mine” holds pairs of texts, not running text"),
        (pairs, "classes", "not texts with a class"),
        (names, "pairs", "“L” holds a list, not pairs of texts"),
    ]:
        with pytest.raises(BadText, match=said):
            load_text(CorpusSpec(name="own", text=text, kind=kind))
