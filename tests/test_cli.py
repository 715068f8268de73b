import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lm_core.bench.result import Result
from lm_core.checkpoints import load_checkpoint, load_history, read_meta
from lm_core.cli import SAMPLER, main
from lm_core.corpora import corpora
from lm_core.generation import SamplerSettings
from lm_core.models import models
from lm_core.runs.spec import RunSpec
from lm_core.tasks import tasks
from lm_core.tokenizers import tokenizers
from lm_core.training.logs.csv_file import read_csv
from lm_core.training.precision import has_bfloat16
from tests.marks import most_slow
from tests.tiny import NAMES, READERS, TEXT, tiny_settings
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[1]

# The contract that scripts and benchmarks rely on.
TRAIN = ["out", "steps", "tokens", "seconds", "train_nats", "validation_nats"]
TRAIN += ["parameters", "tokens_per_second", "device", "threads", "task", "metrics"]
TRAIN += ["verdicts"]
EVALUATE = ["nats_per_token", "perplexity", "bits_per_byte", "bits_per_character", "tokens"]
EVALUATE += ["characters", "bytes", "split", "tokenizer", "unknown_tokens"]
EVALUATE += ["skipped_characters", "skipped_bytes", "withheld", "metrics"]
GENERATE = ["texts", "tokens", "seconds", "tokens_per_second", "first_token_seconds"]
SCORE = ["tokens", "nats", "skipped_characters"]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "village.txt"
    path.write_text(TEXT * 4)
    return path


@pytest.fixture(scope="module")
def names(text: Path) -> Path:
    path = text.with_name("names.txt")
    path.write_text("\n".join(NAMES) + "\n")
    return path


class Answer:
    """What a command wrote and how it ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> dict:
        """The one JSON object, on the last line, with nothing else on standard output."""
        assert self.status == 0, self.err
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def sentence(self) -> str:
        """The one line with which bad input is refused."""
        assert self.status == 2
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert "Traceback" not in line
        return line


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object) -> Answer:
        capfd.readouterr()
        try:
            status = main([str(arg) for arg in args])
        except SystemExit as end:
            status = end.code
        return Answer(status, *capfd.readouterr())

    return run


def small(family: str) -> list[str]:
    return [f"--set=model.{k}={v}" for k, v in tiny_settings(family).items()]


@pytest.fixture(scope="module")
def trained(text: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Transformer that has read a little, made by the command itself."""
    out = tmp_path_factory.mktemp("trained") / "model"
    args = ["train", "--corpus", text, "--model", "transformer", *small("transformer")]
    args += ["--set=train.lr=1e-2", "--steps=30", "--threads=1", "--seed=3", "--out", out]
    assert main([str(arg) for arg in args]) == 0
    return out


# Lists --------------------------------------------------------------------------------------------


def test_the_list_of_texts(lm) -> None:
    rows = lm("corpora", "--json").json["corpora"]
    assert [row["name"] for row in rows] == corpora.names()
    assert all(list(row) == ["name", "title", "licence", "size", "how", "ready"] for row in rows)
    ready = {row["name"]: (row["how"], row["ready"]) for row in rows}
    assert ready["names"] == ready["speeches"] == ("embedded", True)
    assert ready["tiny-shakespeare"][0] == "download"
    lines = lm("corpora").out.splitlines()
    assert len(lines) == len(rows)
    assert lines[0].startswith("names")


def test_the_list_of_families(lm) -> None:
    rows = lm("models", "--json").json["models"]
    assert [row["name"] for row in rows] == models.names()
    for row in rows:
        assert list(row) == ["name", "title", "idea", "parameters"]
        family = models[row["name"]].build
        unsaid = family.learns_by == "counting" or not family.of_text
        assert row["parameters"] is None if unsaid else row["parameters"] > 1000
    assert len(lm("models").out.splitlines()) == len(rows)


# Train --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_it_says_with_which_numbers_it_computes(lm, tmp_path, text, precision) -> None:
    args = [
        "train",
        "--corpus",
        text,
        "--model",
        "transformer",
        *small("transformer"),
        "--steps",
        1,
    ]
    args += ["--set", f"train.precision={precision}", "--device", "cpu", "--out", tmp_path / "m"]
    half = precision == "auto" and has_bfloat16(torch.device("cpu"))
    kind = "bfloat16" if half else "float32"
    assert f", {kind}: the CPU was asked for." in lm(*args).err
    assert load_checkpoint(tmp_path / "m").meta["device"].endswith(f", {kind}")


@pytest.mark.parametrize(
    "family",
    most_slow(
        [entry.name for entry in READERS],
        quick=["bigram", "ngram", "mlp", "lstm", "transformer", "encoder", "mixture"],
    ),
)
@pytest.mark.parametrize("kind", most_slow(["text", "items"], quick=["items"]))
def test_training_on_a_file(lm, tmp_path: Path, text: Path, names: Path, family, kind) -> None:
    corpus = [text] if kind == "text" else [names, "--items"]
    args = ["train", "--corpus", *corpus, "--model", family, *small(family), "--steps", 12]
    answer = lm(*args, "--threads", 1, "--out", tmp_path / "model", "--json").json
    assert list(answer) == TRAIN
    assert answer["out"] == str(tmp_path / "model")
    assert answer["device"] == "cpu"
    assert answer["threads"] == 1
    assert answer["tokens"] > 0
    assert answer["tokens_per_second"] == pytest.approx(answer["tokens"] / answer["seconds"])
    saved = load_checkpoint(tmp_path / "model")
    assert saved.items is (kind == "items")
    assert saved.model.n_parameters == answer["parameters"]
    if saved.model.learns_by == "gradient":
        assert answer["steps"] == 12
    assert saved.meta["command"].startswith("python -m lm_core train --corpus ")
    assert saved.meta["command"].endswith(f"--out {tmp_path / 'model'} --json")
    metrics = saved.meta["metrics"]["validation"]
    assert metrics["nats_per_token"] == answer["validation_nats"]
    assert metrics["whole_split"] is True
    points = load_history(tmp_path / "model")["points"]
    assert points[-1][0] == answer["steps"]
    # The figure can be had again from the folder alone.
    again = lm("evaluate", tmp_path / "model", "--json").json
    assert again["nats_per_token"] == pytest.approx(answer["validation_nats"], rel=1e-6)


@pytest.mark.parametrize("family", ["ngram", "transformer"])
def test_training_on_the_names_that_come_with_the_lab(lm, tmp_path: Path, family: str) -> None:
    args = ["train", "--corpus", "names", "--model", family, "--steps", 5, "--threads", 1]
    answer = lm(*args, *small(family), "--out", tmp_path / "model", "--json").json
    assert list(answer) == TRAIN
    assert answer["validation_nats"] < (2.6 if family == "ngram" else math.log(27) + 0.1)
    assert load_checkpoint(tmp_path / "model").items


@pytest.mark.parametrize(
    ("budget", "key", "least"), [("--tokens=700", "tokens", 700), ("--seconds=0.2", "seconds", 0.2)]
)
def test_other_budgets(lm, tmp_path: Path, text: Path, budget: str, key: str, least: float) -> None:
    args = ["train", "--corpus", text, "--model", "lstm", *small("lstm"), budget, "--threads=1"]
    assert lm(*args, "--out", tmp_path / "model", "--json").json[key] >= least


@pytest.mark.parametrize("tokenizer", ["word", "bpe"])
def test_other_tokenizers(lm, tmp_path: Path, text: Path, tokenizer: str) -> None:
    args = ["train", "--corpus", text, "--model", "ngram", "--tokenizer", tokenizer]
    args += ["--set=tokenizer.vocab_size=300", "--out", tmp_path / "model", "--json"]
    assert lm(*args).json["validation_nats"] < math.log(300)
    assert lm("evaluate", tmp_path / "model", "--json").json["tokenizer"] == tokenizer


def test_a_second_file_validates_and_all_of_the_first_trains(
    lm, tmp_path: Path, text: Path
) -> None:
    held = tmp_path / "held.txt"
    held.write_text("The rain came. Nobody walked over the river.")
    args = ["train", "--corpus", text, "--model", "ngram", "--validation", held]
    answer = lm(*args, "--out", tmp_path / "model", "--json").json
    counts = read_meta(tmp_path / "model")["counts"]
    assert counts["validation"]["characters"] == len(held.read_text())
    assert counts["train"]["characters"] == pytest.approx(len(TEXT * 4), abs=2)
    file = lm("evaluate", tmp_path / "model", "--corpus", held, "--split", "all", "--json").json
    assert file["nats_per_token"] == pytest.approx(answer["validation_nats"], rel=1e-6)


def test_the_same_command_makes_the_same_model(lm, tmp_path: Path, text: Path, trained) -> None:
    args = ["train", "--corpus", text, "--model", "transformer", *small("transformer")]
    args += ["--set=train.lr=1e-2", "--steps=30", "--threads=1"]
    for seed in (3, 4):
        lm(*args, f"--seed={seed}", "--out", tmp_path / str(seed))
    weights = {
        name: load_checkpoint(folder).model.head.weight
        for name, folder in [(0, trained), (3, tmp_path / "3"), (4, tmp_path / "4")]
    }
    assert torch.equal(weights[0], weights[3])
    assert not torch.equal(weights[0], weights[4])


def test_resuming_goes_on_as_if_never_stopped(lm, tmp_path: Path, text: Path) -> None:
    args = ["train", "--corpus", text, "--model", "lstm", *small("lstm"), "--threads=1"]
    args += ["--set=train.schedule=constant", "--set=train.warmup=0", "--set=model.dropout=0.2"]
    lm(*args, "--steps=40", "--out", tmp_path / "straight")
    lm(*args, "--steps=25", "--out", tmp_path / "parts")
    answer = lm("train", "--resume", tmp_path / "parts", "--steps=40", "--threads=1", "--json").json
    assert answer["out"] == str(tmp_path / "parts")
    assert answer["steps"] == 40
    straight, parts = (load_checkpoint(tmp_path / name) for name in ("straight", "parts"))
    for one, other in zip(straight.model.parameters(), parts.model.parameters(), strict=True):
        assert torch.equal(one, other)
    curves = [load_history(tmp_path / name)["points"] for name in ("straight", "parts")]
    assert curves[0] == curves[1]
    assert RunSpec.from_dict(parts.meta["spec"], trusted=True).budget.steps == 40


def test_resuming_into_another_folder_leaves_the_first(lm, tmp_path: Path, trained: Path) -> None:
    before = (trained / "model.safetensors").read_bytes()
    args = ["train", "--resume", trained, "--steps=33", "--threads=1", "--out", tmp_path / "more"]
    assert lm(*args, "--json").json["steps"] == 33
    assert (trained / "model.safetensors").read_bytes() == before


# Evaluate -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "validation", "test", "all"])
def test_every_split_can_be_scored(lm, trained: Path, text: Path, split: str) -> None:
    answer = lm("evaluate", trained, "--split", split, "--json").json
    assert list(answer) == EVALUATE
    assert answer["split"] == split
    assert answer["tokenizer"] == "char"
    assert answer["perplexity"] == pytest.approx(math.exp(answer["nats_per_token"]))
    bits = answer["nats_per_token"] * answer["tokens"] / math.log(2)
    assert answer["bits_per_byte"] == pytest.approx(bits / answer["bytes"])
    assert answer["bits_per_character"] == pytest.approx(bits / answer["characters"])
    assert answer["unknown_tokens"] == 0
    if split == "all":
        file = lm("evaluate", trained, "--corpus", text, "--split", "all", "--json").json
        assert file["characters"] == pytest.approx(answer["characters"], abs=3)


def test_characters_it_never_saw_are_counted(lm, trained: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.txt"
    strange.write_text("The river {was} low.")
    answer = lm("evaluate", trained, "--corpus", strange, "--split", "all", "--json").json
    assert answer["unknown_tokens"] == 2
    assert (answer["characters"], answer["skipped_characters"]) == (18, 2)
    assert answer["bits_per_character"] is answer["bits_per_byte"] is None
    assert answer["withheld"].startswith("10 % of the characters")
    assert answer["tokens"] == 17  # the first has nothing before it


def test_a_file_of_items_is_scored_item_by_item(lm, tmp_path: Path, names: Path) -> None:
    lm("train", "--corpus", names, "--items", "--model", "ngram", "--out", tmp_path / "model")
    answer = lm("evaluate", tmp_path / "model", "--corpus", names, "--split=all", "--json").json
    assert answer["tokens"] == sum(len(name) + 1 for name in NAMES)


# Generate and score -------------------------------------------------------------------------------


def test_writing(lm, trained: Path) -> None:
    args = ["generate", trained, "--prompt", "The ", "--max-tokens", 25, "--samples", 2]
    answer = lm(*args, "--seed", 5, "--json").json
    assert list(answer) == GENERATE
    assert answer["tokens"] == 50
    assert [len(text) for text in answer["texts"]] == [29, 29]
    assert all(text.startswith("The ") for text in answer["texts"])
    assert 0 < answer["first_token_seconds"] <= answer["seconds"]
    assert lm(*args, "--seed", 5, "--json").json["texts"] == answer["texts"]
    assert lm(*args, "--seed", 6, "--json").json["texts"] != answer["texts"]
    assert lm(*args, "--seed", 5).out == "\n".join(answer["texts"]) + "\n"


@pytest.mark.parametrize(
    "sampler", [["--greedy"], ["--temperature", 0], ["--top-k", 1], ["--top-p", 0], ["--min-p", 1]]
)
def test_ways_to_be_greedy(lm, trained: Path, sampler: list) -> None:
    texts = [
        lm("generate", trained, "--prompt=The ", "--max-tokens=30", *how, "--json").json["texts"]
        for how in (["--greedy"], [*sampler, "--seed", 9])
    ]
    assert texts[0] == texts[1]


def test_a_stream_shows_each_token_as_it_comes(lm, trained: Path) -> None:
    answer = lm("generate", trained, "--prompt=The ", "--max-tokens=30", "--stream", "--json")
    assert answer.err.rstrip("\n") == answer.json["texts"][0].rstrip("\n")


@pytest.mark.parametrize("tokenizer", ["word", "bpe"])
def test_a_stream_of_words_has_its_spaces(lm, tmp_path: Path, text: Path, tokenizer: str) -> None:
    out = tmp_path / "model"
    args = ["--tokenizer", tokenizer, "--model", "ngram", "--threads", 1]
    if tokenizer == "bpe":
        args += ["--set", "tokenizer.vocab_size=300"]
    lm("train", "--corpus", text, *args, "--out", out)
    answer = lm("generate", out, "--prompt=the", "--max-tokens=40", "--stream", "--json")
    assert answer.err.rstrip("\n") == answer.json["texts"][0].rstrip("\n")


def test_a_prompt_longer_than_the_context_is_read_from_its_end(lm, trained: Path) -> None:
    prompt = TEXT[:200]
    (text,) = lm("generate", trained, "--prompt", prompt, "--max-tokens=5", "--json").json["texts"]
    assert text.startswith(prompt)


def test_the_log_probability_of_each_token(lm, trained: Path) -> None:
    answer = lm("score", trained, "--text", "The river", "--json").json
    assert list(answer) == SCORE
    rows = answer["tokens"]
    assert all(list(row) == ["text", "id", "logprob", "rank", "entropy"] for row in rows)
    assert [row["text"] for row in rows] == [*"The", "·", *"river"]
    V = load_checkpoint(trained).model.vocab_size
    for row in rows:
        assert row["logprob"] < 0
        assert 1 <= row["rank"] <= V
        assert 0 <= row["entropy"] <= math.log(V) + 1e-9
    assert answer["nats"] == pytest.approx(-sum(row["logprob"] for row in rows))
    lines = lm("score", trained, "--text", "The river").out.splitlines()
    assert len(lines) == 10
    assert lines[-1] == f"{answer['nats']:.4f} nats"


def test_a_model_that_sees_both_sides_is_asked_for_what_it_cannot_see(
    lm, tmp_path: Path, names: Path
) -> None:
    lm(
        *["train", "--corpus", names, "--items", "--model", "encoder", *small("encoder")],
        *["--steps", 30, "--threads", 1, "--out", tmp_path / "model"],
    )
    answer = lm("score", tmp_path / "model", "--text", "emma", "--json").json
    (tmp_path / "one.txt").write_text("emma")
    again = ["evaluate", tmp_path / "model", "--corpus", tmp_path / "one.txt", "--items"]
    scored = lm(*again, "--split", "all", "--json").json
    assert answer["nats"] == pytest.approx(scored["nats_per_token"] * scored["tokens"], rel=1e-5)
    assert "both sides" in lm("generate", tmp_path / "model").sentence


def test_an_item_is_scored_with_its_end(lm, tmp_path: Path, names: Path) -> None:
    lm("train", "--corpus", names, "--items", "--model", "ngram", "--out", tmp_path / "model")
    rows = lm("score", tmp_path / "model", "--text", "emma", "--json").json["tokens"]
    assert [row["text"] for row in rows] == [*"emma", "⏎"]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["train"], "train needs --corpus and --model"),
        (["train", "--corpus", "names"], "train needs --corpus and --model"),
        (["train", "--corpus", "naems", "--model", "lstm"], "did you mean 'names'?"),
        (["train", "--corpus", "names", "--model", "lsmt"], "did you mean 'lstm'?"),
        (["train", "--corpus", "nowhere.txt", "--model", "lstm"], "check the name of the file"),
        (["train", "--corpus", "TEXT", "--model", "lstm", "--validation", "no.txt"], "no.txt"),
        (["train", "--corpus", "names", "--model", "lstm", "--validation", "TEXT"], "with a file"),
        (["train", "LSTM", "--set", "model.n_layers=2"], "did you mean 'n_layer'?"),
        (["train", "LSTM", "--set", "train.learning=2"], "Unknown setting 'learning'"),
        (["train", "LSTM", "--set", "n_layer=2"], "--set takes model.NAME, train.NAME"),
        (["train", "LSTM", "--set", "model.n_layer"], "--set takes NAME=VALUE"),
        (["train", "LSTM", "--set", "model.n_layer=two"], "whole number, not 'two'"),
        (["train", "LSTM", "--set", "model.n_layer=0"], "n_layer must be from 1 to 16"),
        (["train", "LSTM", "--set", "train.optimizer=adamww"], "did you mean 'adamw'?"),
        (["train", "LSTM", "--steps", "0"], "steps must be from 1"),
        (["train", "LSTM", "--steps", "5", "--seconds", "5"], "of steps or of seconds"),
        (["train", "LSTM", "--steps", "many"], "invalid int value: 'many'"),
        (["train", "LSTM", "--seconds", "nan"], "finite"),
        (["train", "LSTM", "--threads", "0"], "threads must be from 1 to 1024"),
        (["train", "LSTM", "--device", "gpu"], "invalid choice: 'gpu'"),
        (["train", "LSTM", "--seed", "-1"], "seed must be a whole number"),
        (["train", "LSTM", "--tokenizer", "chars"], "invalid choice: 'chars'"),
        (["train", "LSTM", "--out", "TEXT"], "is a file: name a folder"),
        (["train", "LSTM", "--out", "FOLDER"], "name a new folder"),
        (["train", "--resume", "nowhere"], "check the path"),
        (["train", "--resume", "TRAINED", "--model", "lstm"], "leave out --model."),
        (["train", "--resume", "TRAINED", "--corpus", "names"], "leave out --corpus."),
        (["train", "--resume", "TRAINED", "--set", "model.n_layer=3"], "out --set model.n_layer."),
        (["train", "--resume", "TRAINED", "--items"], "leave out --items."),
        (["train", "--resume", "TRAINED", "--seed", "0"], "(3): leave out --seed."),
        (["train", "--resume", "TRAINED", "--set", "train.optimizer=adamw"], "(muon): leave out"),
        (["evaluate"], "the following arguments are required: FOLDER"),
        (["evaluate", "nowhere"], "check the path"),
        (["evaluate", "FOLDER"], "meta.json"),
        (["evaluate", "TRAINED", "--split", "half"], "invalid choice: 'half'"),
        (["evaluate", "TRAINED", "--corpus", "SHORT"], "200 is the least"),
        (["evaluate", "TRAINED", "--corpus", "EMPTY", "--split", "all"], "There is no text"),
        (["evaluate", "TRAINED", "--corpus", "BINARY", "--split", "all"], "plain text"),
        (["generate", "TRAINED", "--prompt", "¿"], "never saw '¿'"),
        (["generate", "TRAINED", "--max-tokens", "0"], "1 to 100000 tokens"),
        (["generate", "TRAINED", "--samples", "-3"], "1 to 1000 samples"),
        (["generate", "TRAINED", "--temperature", "-1"], "temperature must be from 0.0 to 100.0"),
        (["generate", "TRAINED", "--top-p", "2"], "top_p must be from 0.0 to 1.0"),
        (["generate", "TRAINED", "--seed", "-1"], "seed must be"),
        (["score", "TRAINED"], "required: --text"),
        (["score", "TRAINED", "--text", ""], "--text is empty"),
        (["score", "TRAINED", "--text", "e" * 100], "context of 16"),
        (["learn"], "invalid choice: 'learn'"),
        ([], "required: COMMAND"),
        (["bench", "speed"], "invalid choice: 'speed'"),
    ],
)
def test_bad_input_is_status_2_and_one_line(
    lm, tmp_path: Path, text: Path, trained: Path, args: list[str], said: str
) -> None:
    files = {name: tmp_path / name for name in ("FOLDER", "SHORT", "EMPTY", "BINARY")}
    (files["FOLDER"] / "thesis").mkdir(parents=True)
    files["SHORT"].write_text("The river was low.")
    files["EMPTY"].touch()
    files["BINARY"].write_bytes(bytes(range(256)) * 40)
    files |= {"TEXT": text, "TRAINED": trained, "OUT": tmp_path / "out"}
    if args[:2] == ["train", "LSTM"]:
        args = ["train", "--corpus", "TEXT", "--model", "lstm", "--out", "OUT", *args[2:]]
    answer = lm(*[files.get(arg, arg) for arg in args])
    assert said in answer.sentence
    assert not (tmp_path / "out").exists()
    assert os.listdir(files["FOLDER"]) == ["thesis"]


def test_a_text_that_has_changed_is_not_gone_on_with(lm, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(TEXT)
    args = ["--model", "lstm", *small("lstm"), "--steps=3", "--threads=1"]
    lm("train", "--corpus", file, *args, "--out", tmp_path / "model")
    file.write_text(TEXT + "More.")
    answer = lm("train", "--resume", tmp_path / "model", "--steps=5")
    assert "The text has changed since model was made" in answer.sentence


def test_a_run_that_diverges_says_so(
    lm, tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long it takes, no checkpoint is due before it diverges.
    monkeypatch.setattr("lm_core.training.saving.LEAST", math.inf)
    args = ["train", "--corpus", text, "--model", "lstm", *small("lstm"), "--steps=200"]
    args += ["--set=train.lr=10", "--set=train.grad_clip=0", "--set=train.weight_decay=10"]
    answer = lm(*args, "--threads=1", "--out", tmp_path / "model")
    assert answer.status == 2
    assert "try a learning rate ten times lower" in answer.err.splitlines()[-1]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["logs"]  # and no checkpoint
    rows = read_csv((tmp_path / "model" / "logs" / "log.csv").read_text())
    assert not math.isfinite(rows[-1]["nats"] + rows[-1]["grad_norm"])
    assert math.isfinite(rows[0]["nats"])


# As a program of its own --------------------------------------------------------------------------


def program(*args: object, **environment: str) -> Answer:
    command = [sys.executable, "-m", "lm_core", *map(str, args)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def test_the_program_trains_and_refuses(tmp_path: Path, names: Path) -> None:
    args = ["train", "--corpus", names, "--items", "--model", "ngram", "--out", tmp_path / "model"]
    answer = program(*args, "--json")
    assert list(answer.json) == TRAIN
    assert answer.err  # progress goes there
    assert "evaluate" not in read_meta(tmp_path / "model")["command"]
    refused = program("corpora", "--fetch")  # which needs no torch
    assert "unrecognized arguments: --fetch" in refused.sentence


def test_a_home_that_cannot_be_written_does_not_stop_the_program(
    lm, tmp_path: Path, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "file"))
    args = ["train", "--corpus", names, "--items", "--model", "ngram", "--out", tmp_path / "model"]
    assert lm(*args, "--json").json["steps"] > 0
    answer = lm(*args[:-1], tmp_path / "file" / "model")
    assert str(tmp_path / "file") in answer.sentence


def test_a_reader_who_goes_away_is_no_error() -> None:
    command = [sys.executable, "-m", "lm_core", "corpora"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as going:
        going.stdout.close()
        assert going.stderr.read() == ""
        assert going.wait(PATIENCE) == 0


def test_help_lists_every_setting_with_its_default(lm) -> None:
    answer = lm("train", "--help")
    assert answer.status == 0
    assert "model.n_layer=4, 1 to 48: Blocks on top of each other." in answer.out
    assert "train.optimizer=adamw, one of adamw" in answer.out
    for entry in models:
        assert f"--set for {entry.name}:" in answer.out
    for entry in tokenizers:
        for name, default in entry.settings().to_dict().items():
            assert f"tokenizer.{name}={default}, " in answer.out
    for entry in tasks:
        assert f"  {entry.name}: {entry.idea}" in answer.out
        for name, default in entry.settings().to_dict().items():
            assert f"task.{name}={default}" in answer.out
    for command in ("corpora", "models", "evaluate", "generate", "score", "bench"):
        assert "--json" in lm(command, "--help").out


def test_help_of_generate_takes_its_defaults_from_the_sampler(lm) -> None:
    said = " ".join(lm("generate", "--help").out.split())
    for name, default in SamplerSettings().to_dict().items():
        assert f"--{name.replace('_', '-')} X" in said
        assert f"default: {default})" in said
    assert set(SAMPLER) == set(SamplerSettings().to_dict())
    assert "tokens to write at most (default: 200)" in said


def test_the_tokenizers_of_the_command_line_are_those_of_the_registry(lm) -> None:
    assert f"{{{','.join(tokenizers.names())}}}" in lm("train", "--help").out


def test_a_measurement_is_one_object_too(lm, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Result("ngram_6_fit", 0.25, "s", False, {"order": 6})
    monkeypatch.setattr("lm_core.bench.ngram.bench_ngram", lambda: [measured])
    answer = lm("bench", "ngram", "--json")
    assert list(answer.json) == ["machine", "results"]
    assert answer.json["results"] == [measured.__dict__]
    assert answer.err == "measuring ngram ...\n"
