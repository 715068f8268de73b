import threading

import pytest
import torch
from torch import nn

from lm_core.models.tracing import record, trace, tracing
from tests.waiting import PATIENCE


class Double(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        record(self, "input", x)
        return 2 * x


class Chain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList([Double(), Double()])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        record(self, "whole", x)
        for step in self.steps:
            x = step(x)
        return x


def test_names_are_the_path_of_the_module_and_what_was_recorded() -> None:
    model = Chain()
    with trace(model) as t:
        model(torch.ones(1))
    assert {name: tensor.item() for name, tensor in t.items()} == {
        "whole": 1,
        "steps.0.input": 1,
        "steps.1.input": 2,
    }


def test_outside_nothing_is_recorded_and_the_fast_path_is_taken() -> None:
    model = Chain()
    with trace(model) as t:
        assert tracing()
    assert not tracing()
    model(torch.ones(1))
    assert not t


def test_the_last_pass_wins_and_hangs_on_no_graph() -> None:
    model = Chain()
    with trace(model) as t:
        model(torch.ones(1, requires_grad=True))
        model(torch.full((1,), 5.0, requires_grad=True))
    assert t["steps.1.input"].item() == 10
    assert not t["steps.1.input"].requires_grad


def test_what_is_made_token_by_token_is_put_together_and_the_activation_is_told() -> None:
    model = Chain()
    with trace(model) as t:
        record(model, "memory", [torch.zeros(2, 3), torch.ones(2, 3)], activation="tanh")
        record(model, "whole", torch.ones(1))
    assert t["memory"].shape == (2, 2, 3)
    assert t["memory"][:, 1].min() == 1
    assert t.activations == {"memory": "tanh", "whole": ""}


def test_another_model_is_not_recorded() -> None:
    model, other = Chain(), Chain()
    with trace(model) as t:
        other(torch.ones(1))
    assert not t


def test_a_trace_inside_a_trace_gives_back_to_the_outer_one() -> None:
    model, inner = Chain(), Chain()
    with trace(model) as outer_trace:
        with trace(inner) as inner_trace:
            inner(torch.ones(1))
        model(torch.full((1,), 3.0))
    assert inner_trace["whole"].item() == 1
    assert outer_trace["whole"].item() == 3


def test_an_error_ends_the_trace() -> None:
    with pytest.raises(RuntimeError), trace(Chain()):
        raise RuntimeError
    assert not tracing()


def test_two_threads_share_a_model_and_only_the_one_who_asked_is_recorded() -> None:
    model = Chain()
    inside, done = threading.Event(), threading.Event()

    def other_visitor() -> None:
        inside.wait(PATIENCE)
        assert not tracing()
        model(torch.full((1,), 7.0))
        done.set()

    thread = threading.Thread(target=other_visitor)
    thread.start()
    with trace(model) as t:
        model(torch.ones(1))
        inside.set()
        assert done.wait(PATIENCE)
    thread.join()
    assert t["whole"].item() == 1
