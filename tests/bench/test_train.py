"""The rows beside the speed: the share of evaluations, and what a large vocabulary keeps."""

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lm_core.bench import beside_steps, kept
from lm_core.models import heads
from tests.tiny import some_ids, tiny_model

T, ROWS = 16, 8


class Made(TorchDispatchMode):
    """The most numbers in any tensor that is made."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        sizes = [t.numel() for t in tree_leaves(out) if isinstance(t, torch.Tensor)]
        self.most = max([self.most, *sizes])
        return out


@pytest.fixture
def strips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vocabularies for tests are large already."""
    monkeypatch.setattr(heads, "AT_ONCE", 4096)
    monkeypatch.setattr(heads, "STRIP", 1024)


def measured(V: int, rows: int = ROWS) -> tuple[int, int]:
    """Bytes of the largest tensor kept, and numbers in the largest one made."""
    model = tiny_model("lstm", V, n_embd=8, n_hidden=8, n_layer=1)
    text = some_ids(rows, T + 1, V)
    with Made() as made:
        found = kept.largest_kept(model, text[:, :-1], text[:, 1:])
    return found, made.most


def test_what_is_kept_does_not_grow_with_the_vocabulary(strips: None) -> None:
    small, large = measured(5000)[0], measured(20_000)[0]
    assert small == large
    assert large < 4 * 5000 * ROWS * T / 10  # far below the logits of either


def test_nothing_as_large_as_the_logits_is_ever_made(strips: None) -> None:
    V = 20_000
    for rows in (ROWS, 4 * ROWS):
        assert measured(V, rows)[1] < V * rows * T / 10


def test_logits_of_all_tokens_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "AT_ONCE", 1 << 40)  # then the loss holds them
    for V in (5000, 20_000):
        most_kept, most_made = measured(V)
        assert most_kept >= 4 * V * ROWS * T
        assert most_made >= V * ROWS * T


def test_the_rows_of_what_is_kept() -> None:
    rows = kept.bench_kept()
    assert [row.settings["vocabulary"] for row in rows] == list(kept.VOCABULARIES)
    assert rows[0].value == rows[1].value
    assert all(row.value < row.settings["logits"] / 5 for row in rows)


def test_the_shares_of_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(beside_steps, "SECONDS", 3.0)  # a busy machine takes its time
    evaluation, beside = beside_steps.bench_beside_steps()
    assert (evaluation.name, beside.name) == ("train_evaluation_share", "train_beside_share")
    assert 0 < evaluation.value < beside.value < 100
    assert evaluation.settings["evaluations"] >= 2


def test_the_stopwatch_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 5.0, 7.5])
    monkeypatch.setattr(beside_steps.time, "perf_counter", lambda: next(ticks))
    watch = beside_steps.Stopwatch()
    double = watch.around(lambda x: 2 * x)
    assert [double(3), double(x=4)] == [6, 8]
    assert watch.seconds == 3.5
