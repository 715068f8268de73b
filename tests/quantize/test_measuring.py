"""Schemes measured one after the other."""

import pytest
import torch

from lm_core.evaluation import evaluate
from lm_core.quantize.measuring import measured
from lm_core.quantize.whole import quantize
from tests.tiny import lively_model, some_ids, stream


def test_a_row_a_scheme_with_the_figures_of_the_library() -> None:
    model, text, threads = lively_model("lstm"), stream(some_ids(200, 27)), torch.get_num_threads()
    base, int8, nf4 = measured(model, text, ["int8", "nf4"])
    assert base.nats == evaluate(model, text).nats_per_token
    assert base.bytes == 4 * model.n_parameters
    stored = quantize(model, "nf4")
    assert (nf4.bytes, nf4.bits_per_weight) == (stored.bytes, stored.bits_per_weight)
    assert nf4.nats == evaluate(stored.model(model), text).nats_per_token
    assert abs(int8.nats - base.nats) < 0.01
    assert min(base.tokens_per_second, int8.tokens_per_second, nf4.times) > 0
    assert torch.get_num_threads() == threads
    rows = list(measured(model, text, ["nf4"], speed=False))
    assert [row.tokens_per_second for row in rows] == [None, None]
    assert rows[1].nats == pytest.approx(nf4.nats)
