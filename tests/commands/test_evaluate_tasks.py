"""`evaluate` scores what a model learned by the task that it learned, whatever that is."""

import json
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, task_from
from lm_core.cli import main
from lm_core.corpora.own_kind import corpus_of
from lm_core.json_files import numbers
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from tests.corpora.test_own_kind import CLASSES, LIST, PAIRS, PROSE, VALUES
from tests.tasks.toys import moved_in

ROOT = Path(__file__).parents[2]
SMALL = ["--steps", 3, "--threads", 1, "--set", "model.n_layer=1", "--set", "model.n_embd=8"]
SMALL += ["--set", "model.n_head=1"]
LEARNED = {
    "translation": (
        PAIRS,
        "encoder-decoder",
        {"nats", "perplexity", "exact match", "BLEU", "chrF"},
    ),
    "text-class": (CLASSES, "transformer", {"nats", "accuracy", "F1"}),
    "text-value": (VALUES, "encoder", {"squared error", "mean error", "R2"}),
}
TASKS = list(LEARNED)
OF_TEXT = {"bits_per_byte", "bits_per_character", "characters", "bytes", "tokenizer"}
OF_TEXT |= {"skipped_characters", "skipped_bytes", "withheld"}


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object, status: int = 0) -> dict | str:
        capfd.readouterr()
        assert main([*map(str, args), *([] if status else ["--json"])]) == status
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return err if status else numbers(json.loads(out.splitlines()[-1]))

    return run


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A little model of each task, and the file that it learned from beside it."""
    made = {}
    for task, (text, family, _) in LEARNED.items():
        made[task] = tmp_path_factory.mktemp(task) / "model"
        made[task].with_name("mine.txt").write_text(text, encoding="utf-8")
        args = ["train", "--corpus", made[task].with_name("mine.txt"), "--model", family]
        args += ["--task", task, *SMALL, "--out", made[task], "--json"]
        assert main([*map(str, args)]) == 0
    return made


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_split_is_scored_as_training_scores_it(
    lm, models: dict[str, Path], task: str, split: str
) -> None:
    saved = load_checkpoint(models[task])
    answer = lm("evaluate", models[task], "--split", split)
    ready = prepare(RunSpec.from_dict(saved.meta["spec"], trusted=True))
    scored = ready.task.evaluate(saved.model, ready.data, split, limit=None)
    assert answer["nats_per_token"] == pytest.approx(scored.loss, rel=1e-5)
    assert answer["tokens"] == scored.targets
    assert set(answer["metrics"]) == LEARNED[task][2]
    assert answer["metrics"][ready.task.judge] == answer["nats_per_token"]
    assert answer["perplexity"] == answer["metrics"].get("perplexity")
    assert {key for key, value in answer.items() if value is None} >= OF_TEXT
    assert answer["split"] == split
    if split == "validation":
        kept = saved.meta["metrics"]["validation"]
        assert answer["nats_per_token"] == pytest.approx(kept["nats_per_token"], rel=1e-5)
        assert answer["metrics"] | kept["metrics"] == pytest.approx(answer["metrics"], rel=1e-5)


@pytest.mark.parametrize("task", TASKS)
def test_all_is_every_split_and_of_a_file_every_row(
    lm, models: dict[str, Path], tmp_path: Path, task: str
) -> None:
    split = {s: lm("evaluate", models[task], "--split", s) for s in ("train", "validation", "test")}
    whole = lm("evaluate", models[task], "--split", "all")
    assert whole["tokens"] == sum(one["tokens"] for one in split.values())
    file = models[task].with_name("mine.txt")
    again = lm("evaluate", models[task], "--corpus", file, "--split", "all")
    assert again["nats_per_token"] == pytest.approx(whole["nats_per_token"], rel=1e-5)
    held = lm("evaluate", models[task], "--corpus", file)
    assert held["nats_per_token"] == pytest.approx(split["validation"]["nats_per_token"], rel=1e-5)
    few = tmp_path / "few.txt"
    few.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:3]), encoding="utf-8")
    assert 0 < lm("evaluate", models[task], "--corpus", few, "--split", "all")["tokens"] < 30


def test_what_was_not_read_is_counted(lm, models: dict[str, Path], tmp_path: Path) -> None:
    mine = tmp_path / "mine.tsv"
    mine.write_text("\n".join(f"xyz{i}\tuvw{i}" for i in range(40)), encoding="utf-8")
    answer = lm("evaluate", models["translation"], "--corpus", mine, "--split", "all")
    assert answer["unknown_tokens"] == 80
    assert answer["nats_per_token"] > 0


@pytest.mark.parametrize(
    ("task", "corpus", "said"),
    [
        ("translation", "speeches", "scored by pairs of texts, while"),
        ("translation", "names-by-sex", "is texts with a class"),
        ("text-class", "numbers-in-words", "scored by texts with a class"),
        (
            "text-class",
            "names-by-sex",
            "none of the classes that the model learned (“kind”, “rude”",
        ),
        ("text-class", LIST, "no column named text"),
        ("text-class", "", "There is no text in this"),
        ("text-class", "text,label\n", "nothing to score"),
        ("text-class", "text,label\na,b\n", "“b” is none of the classes"),
        ("text-value", CLASSES, "“rude” is no number"),
        ("translation", PROSE.replace(",", ""), "one column here"),
        ("translation", "nowhere.tsv", "cannot be read"),
        ("translation", "numbers-in-word", "numbers-in-words"),
    ],
)
def test_what_it_did_not_learn_is_one_sentence(
    lm, models: dict[str, Path], tmp_path: Path, task: str, corpus: str, said: str
) -> None:
    file = tmp_path / "mine.txt"
    if "\n" in corpus or " " in corpus or not corpus:
        file.write_text(corpus, encoding="utf-8")
        corpus = str(file)
    error = lm("evaluate", models[task], "--corpus", corpus, "--split", "all", status=2)
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_model_of_text_is_scored_by_text(lm) -> None:
    names = ROOT / "checkpoints/names-lstm"
    error = lm("evaluate", names, "--corpus", "numbers-in-words", status=2)
    assert "scored by running text or a list" in error


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    "command",
    [
        ["score", "--text", "word 1"],
        ["generate"],
        ["generate", "--beam", "2"],
        *(["export", "--format", name, "--out", "OUT"] for name in ("script", "archive", "onnx")),
        *(["export", "--format", name, "--out", "OUT"] for name in ("torchscript", "torch-export")),
    ],
)
def test_what_is_for_running_text_is_refused_in_one_sentence(
    lm, models: dict[str, Path], tmp_path: Path, task: str, command: list[str]
) -> None:
    name, *rest = [str(tmp_path / "out") if part == "OUT" else part for part in command]
    error = lm(name, models[task], *rest, status=2)
    assert "of running text" in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_pictures_are_scored_as_pictures(
    lm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    with moved_in("pictures"):
        args = ["--corpus", "toy-stripes", "--model", "toy-convolution", "--steps", 2]
        lm("train", *args, "--out", tmp_path / "model")
        answer = lm("evaluate", tmp_path / "model")
        assert answer["tokens"] == 200
        assert set(answer["metrics"]) == {"nats", "accuracy"}
        assert answer["unknown_tokens"] is None
        (tmp_path / "mine.txt").write_text(PAIRS)
        for given, said in [
            (["--split", "test"], "no test split"),
            (["--split", "all"], "choose train, validation or test"),
            (["--corpus", "names"], "scored by pictures"),
            (["--corpus", tmp_path / "mine.txt"], "No file holds pictures"),
        ]:
            assert said in lm("evaluate", tmp_path / "model", *given, status=2)


@pytest.mark.parametrize("task", TASKS)
def test_a_codec_gives_the_numbers_that_it_learned_with(models: dict[str, Path], task: str) -> None:
    saved = load_checkpoint(models[task])
    learned = task_from(saved.meta)
    kind = learned.kinds[0]
    corpus = corpus_of(kind, LEARNED[task][0], title="Mine")
    ready = prepare(RunSpec.from_dict(saved.meta["spec"], trusted=True))
    for split, part in learned.encode(corpus, saved.codec).items():
        for name, tensor in part.tensors.items():
            assert tensor.equal(ready.data[split].tensors[name])
