"""What a model costs: each family's formulas beside PyTorch's own counters."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lm_core.inspection import counters
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import LanguageModel, models
from lm_core.models.costs import LEARNING, Costs, Term, together
from lm_core.models.layers import NORMS
from lm_core.models.transformer import TransformerSettings
from tests.tiny import OF_TEXT

V, B = 40, 4
RECURRENT = [{}, {"n_hidden": 32, "n_embd": 100, "n_layer": 3}, {"tied": True, "n_embd": 256}]
STACKS = [
    {"n_embd": 96, "n_head": 2, "n_layer": 1},
    {"position": "rotary", "norm": "rms", "norm_place": "before", "activation": "swiglu"},
    {"block_size": 200, "n_layer": 1, "qk_norm": True},
    {"residual": False},
]
TRANSFORMERS = [
    *({"position": p} for p in ("learned", "sinusoidal", "alibi", "none")),
    *({"activation": a} for a in ("relu", "gelu", "gelu-tanh", "swiglu")),
    *({"norm": n, "norm_place": p} for n in NORMS for p in ("before", "after")),
    {"attention": "average"},
    {"n_kv_head": 1},
    {"mlp_width": 200, "norm": "rms-scale", "tied": True},
    {"mlp_width": 200, "activation": "swiglu"},
    {"qk_norm": False},
    {"bias": True},
    {"tied": True},
    {"residual": False},
    {"dropout": 0.1},
    {"block_size": 160},
    {"block_size": 160, "position": "none", "qk_norm": False},
    {"block_size": 160, "n_kv_head": 2},
    {"block_size": 160, "dropout": 0.1},
]
VARIED = {
    "rnn": RECURRENT,
    "gru": RECURRENT,
    "lstm": RECURRENT,
    "mlp": [{}, {"direct": True}, {"batch_norm": True, "n_hidden": 100}, {"dropout": 0.1}],
    "wavenet": [{}, {"n_layer": 1}, {"n_layer": 3, "n_hidden": 50, "dropout": 0.1}],
    "transformer": [{}, *({"n_layer": 2, **s} for s in TRANSFORMERS)],
    "encoder": [{}, *STACKS],
    "encoder-decoder": [{}, *STACKS],
    "rnn-translator": [
        {"attention": a, "cell": c, "n_embd": 48}
        for a in ("none", "bahdanau", "luong")
        for c in ("lstm", "gru")
    ]
    + [{"n_layer": 2, "reads": "both"}],
    "mixture": [{}, {"first": "lstm n_hidden=64", "second": "mlp"}],
}
LEARNED = [e.name for e in models if issubclass(e.build, torch.nn.Module) and e.order < 100]
# Every family, and of those with many settings every second of them each time.
ALL = [
    pytest.param(name, settings, id=f"{name} {settings}", marks=[pytest.mark.slow] * (k % 2))
    for name in LEARNED
    for k, settings in enumerate(VARIED.get(name, [{}]))
]


def predicted(name, settings):
    model = build_model(name, settings, V)
    return model, model.costs(rows=B)


def test_each_family_tells_its_costs_or_that_the_text_decides():
    """Only what stores the runs of a text as it finds them has no formula."""
    silent = [e.name for e in OF_TEXT if blueprint(e.name, {}, V).costs() is None]
    assert silent == ["ngram"]


@pytest.mark.parametrize(("name", "settings"), ALL)
def test_parameters_are_those_of_the_model(name, settings):
    model, costs = predicted(name, settings)
    if costs is None or model.learns_by == "counting":
        assert not list(model.parameters())
        return
    assert costs.total("parameters") == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(("name", "settings"), ALL)
def test_operations_are_those_that_pytorch_counts(name, settings):
    model, costs = predicted(name, settings)
    if costs is None:
        return
    T = costs.letters["T"] if "g" not in costs.letters else counters.FEW
    counted = counters.operations(model, T)
    assert costs.total("operations", T=T) == pytest.approx(counted, rel=0.05)


@pytest.mark.parametrize(("name", "settings"), ALL)
def test_what_the_graph_keeps_is_what_pytorch_saves(name, settings):
    model, costs = predicted(name, settings)
    if costs is None or model.learns_by == "counting":
        return
    T = costs.letters["T"]
    found = counters.kept(model, B, T)
    assert costs.total("kept") == pytest.approx(found, rel=0.1)


@pytest.mark.parametrize(("name", "settings"), ALL)
def test_the_state_is_the_one_that_is_carried_on(name, settings):
    model, costs = predicted(name, settings)
    if costs is None or not isinstance(model, LanguageModel) or not model.causal:
        return
    if name in ("mixture", "ensemble"):
        return  # the counting part keeps ids too
    found = counters.state(model, costs.letters["T"])
    ids = costs.letters.get("S", 0)  # of the source, which the encoder-decoder holds as well
    assert found == pytest.approx(costs.total("state") + ids, abs=1)


def test_a_large_vocabulary_keeps_no_logits():
    few, many = (build_model("mlp", {}, n).costs(rows=64) for n in (100, 20_000))
    head = [term.kept for term in (few.terms[-1], many.terms[-1])]
    assert head == ["V", "C"]


@pytest.mark.parametrize("sizes", [{"n_layer": 1, "n_embd": 16, "n_head": 1}, {"n_layer": 2}])
def test_learning_is_worth_three_forward_passes(sizes):
    model = build_model("transformer", {"block_size": 64, **sizes}, 106)
    ids = torch.zeros(2, 64, dtype=torch.long)
    with FlopCounterMode(display=False) as counter:
        model(ids)[0].sum().backward()
    told = LEARNING * model.costs().total("operations") * ids.numel()
    assert told == pytest.approx(counter.get_total_flops(), rel=0.05)


@pytest.mark.parametrize("family", ["rnn", "transformer", "mlp"])
def test_an_adaptive_head(family):
    model = build_model(family, {"head": "adaptive"}, 400)
    costs = model.costs(rows=B)
    assert costs.total("parameters") == sum(p.numel() for p in model.parameters())
    T = counters.FEW
    found = counters.operations(model, T)
    assert costs.total("operations", T=T) == pytest.approx(found, rel=0.05)


def test_another_letter_is_another_model():
    """What the formula says of a wider, deeper, longer one is what such a one says of itself."""
    small = blueprint("transformer", {"n_embd": 64, "n_layer": 2}, V).costs()
    for letter, setting, value in (("C", "n_embd", 128), ("L", "n_layer", 5)):
        given = {"n_embd": 64, "n_layer": 2} | {setting: value}
        other = blueprint("transformer", given, V).costs()
        for what in ("parameters", "operations", "kept", "state"):
            assert small.total(what, **{letter: value}) == other.total(what)


def test_parts_are_terms_that_have_some_of_it():
    costs = blueprint("transformer", TransformerSettings(n_layer=2).to_dict(), 65).costs()
    parts = costs.parts("parameters")
    assert ("queries, keys, values", "3 L C²", 2 * 3 * 128 * 128) in parts
    assert sum(n for _, _, n in parts) == costs.total("parameters")
    assert [part for part, _, _ in costs.parts("state")] == ["cache"]


def test_letters_of_models_that_are_put_together_are_told_apart():
    one = Costs({"C": 2, "T": 8, "V": 5}, {"C": "n_hidden"}, (Term("a", "V*C"),))
    two = Costs({"C": 3, "T": 9, "V": 5}, {"C": "n_embd"}, (Term("a", "V*C", times="C"),))
    both = together(("One", one), ("Two", two))
    assert both.total("parameters") == 10 + 45
    assert both.letters == {"C1": 2, "C2": 3, "T": 9, "V": 5}
    assert both.meaning == {"C1": "n_hidden of One", "C2": "n_embd of Two"}
