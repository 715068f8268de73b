"""Success is what greedy writing gives; the file reads as it was written, and a damaged one is a
sentence."""

from pathlib import Path

import pytest
import torch

from lm_core.corpora.long_memory import made_text
from lm_core.errors import BadCheckpoint
from lm_core.evaluation.long_memory import guessing, success
from lm_core.evaluation.long_memory_file import (
    LongMemoryFile,
    Remembered,
    read_long_memory,
    spread,
)
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import lively_model

FILE = LongMemoryFile(
    "python -m tools.memory",
    {"processor": "one"},
    {"steps": 3},
    {"copy": {2: 15}},
    {"copy": 0.04},
    (
        Remembered("copy", "rnn", 0, 12, 1.5, {2: 0.5, 4: 0.25}),
        Remembered("copy", "rnn", 1, 12, 1.5, {2: 1.0, 4: 0.25}),
    ),
)


@pytest.mark.parametrize("family", ["gru", "transformer"])
def test_success_is_that_of_greedy_writing(family: str) -> None:
    made = made_text("adding", delays=(4,), train=50, asked=30)
    tokenizer = CharTokenizer.train(made.corpus.splits["train"])
    model = lively_model(family, tokenizer.vocab_size, noise=0.5).train()
    asked = made.asked[4]
    found = success(model, tokenizer, asked)
    assert model.training
    model.eval()
    right = 0
    for one in asked:
        ids = [tokenizer.boundary_id, *tokenizer.encode(one.prompt).tolist()]
        for _ in one.answer:
            with torch.inference_mode():
                ids.append(int(model(torch.tensor([ids]))[0][0, -1].argmax()))
        right += tokenizer.decode(ids[-len(one.answer) :]) == one.answer
    assert found == pytest.approx(right / len(asked))
    assert right  # and not all for nothing
    assert guessing(made.asked) < 0.5


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "long_memory.json"
    FILE.write(path)
    assert read_long_memory(path) == FILE
    assert FILE.tasks == ["copy"]
    assert spread(FILE.of("copy")) == {2: (0.5, 0.75, 1.0), 4: (0.25, 0.25, 0.25)}


@pytest.mark.parametrize(
    ("old", "new"),
    [('"format": 1', '"format": 2'), ('"2":0.5', '"2":1.5'), ('"seed":0', '"sea":0'), ("{", "[")],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "long_memory.json"
    FILE.write(path)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadCheckpoint):
        read_long_memory(path)
