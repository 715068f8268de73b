"""Every figure against a plain computation, and the run against one that nobody looked into."""

import copy
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.adapt.adapting import adapt
from lm_core.adapt.settings import AdapterSettings
from lm_core.doctor import inside, looking
from lm_core.doctor.inside import Inside
from lm_core.doctor.looking import histogram, layer, summary
from lm_core.models.contract import IGNORED
from lm_core.models.layers import relu2
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.chance import seeded
from lm_core.training.events import Examined, Step
from tests.marks import most_slow
from tests.tiny import NAMES, READERS, TEXT, encoded, lively_model, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
DATA = {"text": {"train": RUNNING, "validation": RUNNING}, "items": {"train": ITEMS}}
V = {"text": TOKENIZER.vocab_size, "items": ITEM_TOKENIZER.vocab_size}
FAMILIES = [entry.name for entry in READERS if entry.build.learns_by == "gradient"]
NEAR = {"rel": 2e-4, "abs": 1e-9}  # figures are rounded to five digits


def trained(family="mlp", kind="text", *, watcher=None, settings=None, trainer=Trainer, **changes):
    """A trainer that has done a few steps, and its events."""
    model = lively_model(family, V[kind], **changes)
    plain = {"batch_size": 8, "lr": 1e-2, "eval_every": 1000, "precision": "float32"}
    settings = plain | (settings or {})
    run = trainer(
        NextToken(),
        model,
        DATA[kind],
        settings=TrainSettings(**settings),
        budget=Budget(steps=4),
        callbacks=[watcher] if watcher else [],
        seed=3,
    )
    return run, list(run.run())


def examined(*args, **changes):
    watcher = Inside(share=math.inf, growth=1.0)
    run, events = trained(*args, watcher=watcher, **changes)
    return run, [event.data for event in events if isinstance(event, Examined)]


OPTIONS = [
    *((family, {}) for family in [*FAMILIES, "mixture"]),
    *((family, {"dropout": 0.3}) for family in ("mlp", "lstm", "transformer")),
    ("mlp", {"batch_norm": True}),
    ("lstm", {"weight_drop": 0.3, "ar": 2.0}),
]


@pytest.mark.parametrize("kind", most_slow(["text", "items"], quick=["items"]))
@pytest.mark.parametrize(("family", "changes"), OPTIONS)
def test_a_run_is_the_same_whether_it_is_looked_into_or_not(family, changes, kind) -> None:
    random = torch.get_rng_state()
    watched, events = trained(family, kind, watcher=Inside(share=math.inf), **changes)
    plain, others = trained(family, kind, **changes)
    assert torch.equal(random, torch.get_rng_state())
    losses = [[e.loss for e in each if isinstance(e, Step)] for each in (events, others)]
    assert losses[0] == losses[1]
    assert [e.step for e in events if isinstance(e, Examined)] == [1, 2, 3]
    for name, ours in watched.model.state_dict().items():
        assert torch.equal(ours, plain.model.state_dict()[name]), name


@pytest.mark.parametrize("kind", most_slow(["text", "items"], quick=["text"]))
@pytest.mark.parametrize("family", [*FAMILIES, "mixture"])
def test_every_family_shows_its_layers_from_the_bottom_up(family: str, kind: str) -> None:
    run, (first, _, third, last) = examined(family, kind)
    assert json.loads(json.dumps(last, allow_nan=False)) == last
    assert len(first["layers"]) == len({found["name"] for found in first["layers"]}) > 0
    assert "weights" not in " ".join(found["name"] for found in first["layers"])  # of attention
    for found in last["layers"]:
        for flow in (found["activation"], found["gradient"]):
            assert len(flow["edges"]) == len(flow["counts"]) + 1 == looking.BINS + 1
            assert sum(flow["counts"]) > 0
        assert found["activation"]["std"] > 0
        assert found["gradient"]["std"] > 0
    names = [found["name"] for found in last["weights"]]
    assert names == [n for n, p in run.model.named_parameters() if p.dim() >= 2]
    for found in last["weights"]:
        assert math.prod(found["shape"]) == sum(found["counts"])
    assert third["grad_difference"] == pytest.approx(0, abs=1e-5)
    assert last["grad_difference"] is None  # every fourth, from then on


KINDS = {
    "mlp": {"tanh"},
    "wavenet": {"tanh"},
    "rnn": {"tanh"},
    "gru": {"tanh", "sigmoid"},
    "lstm": {"tanh", "sigmoid"},
    "transformer": {"relu2"},
    "encoder": {"relu"},
    "encoder-decoder": {"relu"},
    "neural-bigram": set(),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_layer_says_which_activation_made_it(family: str) -> None:
    _, (data, *_) = examined(family, "items")
    kinds = {found["kind"] for found in data["layers"]}
    assert kinds == KINDS[family] | {"linear"}


def plain_summary(x: Tensor) -> dict:
    return {"mean": x.mean().item(), "std": x.std().item()}


def assert_flow(found: dict, h: Tensor, g: Tensor) -> None:
    for flow, x in (("activation", h), ("gradient", g)):
        for name, value in plain_summary(x).items():
            assert found[flow][name] == pytest.approx(value, **NEAR), (found["name"], flow, name)
        assert sum(found[flow]["counts"]) == x.numel()


def batch_of(kind: str, rows: int = 8):
    run, _ = trained("mlp", kind)
    return run.batches.at(0)


def test_the_layers_of_an_mlp_are_those_of_a_plain_pass() -> None:
    """On items: places that are padding have no part in it."""
    model = lively_model("mlp", V["items"])
    _, (data, *_) = examined("mlp", "items")
    batch = batch_of("items")
    n, rows, asked = model.settings.context, [], batch.targets != IGNORED
    for b, t in asked.nonzero().tolist():
        before = batch.idx[b, max(0, t + 1 - n) : t + 1]
        rows.append(F.pad(before, (n - len(before), 0), value=model.vocab_size))
    x = model.embedding(torch.stack(rows))
    sums = model.layer(x.flatten(1))
    h = sums.tanh()
    logits = model.head(h)
    for made in (x, sums, h, logits):
        made.retain_grad()
    F.cross_entropy(logits, batch.targets[asked]).backward()
    found = {layer["name"]: layer for layer in data["layers"]}
    for name, made in {"embedding": x, "preactivation": sums, "hidden": h, "head": logits}.items():
        assert_flow(found[name], made.detach(), made.grad)
    over = h.abs() > 0.97
    assert found["hidden"]["saturated_values"] == pytest.approx(over.float().mean().item(), **NEAR)


def test_the_memory_of_an_rnn_is_followed_back_through_time() -> None:
    """The gradient of h_t counts what reaches it through h_(t+1), as in a plain loop."""
    model = lively_model("rnn", V["text"], n_layer=1)
    _, (data, *_) = examined("rnn", n_layer=1)
    run, _ = trained("rnn", n_layer=1)
    batch = run.batches.at(0)
    w_x, w_h, b_x, b_h = model.weights(0)
    h, made = torch.zeros(len(batch.idx), 64), []
    for t in range(batch.idx.size(1)):
        h = torch.tanh(model.embedding(batch.idx[:, t]) @ w_x.T + b_x + h @ w_h.T + b_h)
        h.retain_grad()
        made.append(h)
    logits = model.head(torch.stack(made, dim=1))
    F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).backward()
    (found,) = (layer for layer in data["layers"] if layer["name"] == "0.hidden")
    assert_flow(found, torch.stack(made).detach(), torch.stack([h.grad for h in made]))


def test_the_hidden_numbers_of_a_block_are_those_of_a_plain_pass() -> None:
    """What is added to a number changes the loss as the number does."""
    model = lively_model("transformer", V["text"])
    _, (data, *_) = examined("transformer")
    run, _ = trained("transformer")
    batch = run.batches.at(0)
    block, made = model.blocks[1], []

    def counted(x: Tensor) -> Tensor:
        made.extend([relu2(x), torch.zeros_like(x, requires_grad=True)])
        return sum(made)

    block.mlp.activation = counted
    logits, _ = model(batch.idx)
    F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).backward()
    (found,) = (layer for layer in data["layers"] if layer["name"] == "blocks.1.mlp")
    h = made[0].detach()
    assert_flow(found, h, made[1].grad)
    dead = (h.flatten(0, 1) > 0).any(dim=0).logical_not().float().mean().item()
    assert found["dead"] == pytest.approx(dead, **NEAR)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_and_steps_of_the_weights_are_those_of_plain_training(family: str) -> None:
    """The first step again with `backward` and torch's own AdamW."""
    _, found = examined(family, settings={"schedule": "constant", "warmup": 0.0})
    run, _ = trained(family)
    model = lively_model(family, V["text"])
    weights = list(model.parameters())
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": 0.05},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95), foreach=False)
    batch = run.batches.at(0)
    model.train()
    with seeded(3, 0, 0, torch.device("cpu")):  # which tokens an encoder hides at this step
        nats, _, _ = model.objective(batch.idx, batch.targets)
    nats.mean().backward()
    whole = torch.cat([p.grad.flatten() for p in weights if p.grad is not None]).norm().item()
    assert found[0]["grad_norm"] == pytest.approx(whole, rel=1e-3)
    said = {weight["name"]: weight for weight in found[0]["weights"]}
    for name, p in model.named_parameters():
        if p.dim() >= 2:
            norm = 0.0 if p.grad is None else p.grad.norm().item()
            assert said[name]["grad_norm"] == pytest.approx(norm, rel=1e-3, abs=1e-8), name
            assert said[name]["weight_std"] == pytest.approx(p.std().item(), **NEAR)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    adamw.step()
    for name, p in model.named_parameters():
        if p.dim() >= 2:
            ratio = ((p - before[name]).std() / before[name].std()).item()
            assert said[name]["update_ratio"] == pytest.approx(ratio, rel=1e-3, abs=1e-9), name


def test_a_weight_that_is_all_zero_has_no_ratio() -> None:
    assert inside.update_ratio(torch.zeros(2, 2), torch.ones(2, 2)) is None


@pytest.mark.parametrize("seed", range(3))
def test_a_histogram_is_numpys(seed: int) -> None:
    x = torch.randn(1000, generator=torch.Generator().manual_seed(seed))
    counts, edges = np.histogram(x.double().numpy(), bins=looking.BINS)
    ours = histogram(x)
    assert ours["edges"] == pytest.approx(edges.tolist(), rel=1e-4, abs=1e-4)
    assert np.abs(np.array(ours["counts"]) - counts).sum() <= 2  # rounding at an edge
    same = histogram(torch.full((7,), 2.0))
    assert (same["edges"][0], same["edges"][-1], sum(same["counts"])) == (1.5, 2.5, 7)


def test_what_is_no_number_becomes_none() -> None:
    nothing = summary(torch.tensor([1.0, math.nan, math.inf]))
    assert (nothing["mean"], nothing["std"]) == (None, None)
    assert sum(nothing["counts"]) == 1
    assert summary(torch.full((3,), math.nan))["counts"] == []
    assert summary(torch.ones(1))["std"] == 0


def test_units_that_are_saturated_or_dead() -> None:
    h = torch.zeros(100, 4)
    h[:, 0], h[:96, 1], h[:50, 2] = 0.99, -0.98, 1.0
    found = layer("x", "tanh", h, torch.zeros_like(h))
    assert (found["saturated"], found["saturated_values"]) == (0.5, pytest.approx(246 / 400))
    assert found["dead"] is None
    image = np.array(found["units"])
    assert image.shape == (32, 4)
    assert image[:, 0].all()
    assert not image[:, 3].any()
    found = layer("x", "relu2", h.clamp(min=0), torch.zeros_like(h))
    assert (found["dead"], found["saturated"]) == (0.5, None)
    assert np.array(found["units"])[:, [1, 3]].all()
    gates = layer("x", "sigmoid", torch.tensor([[0.99, 0.01, 0.5]]), torch.zeros(1, 3))
    assert gates["saturated"] == pytest.approx(2 / 3, rel=1e-4)
    assert layer("x", "", h, h)["units"] is None


def test_the_picture_of_units_stays_small() -> None:
    h = torch.rand(1000, 300)
    assert np.array(layer("x", "relu", h, h)["units"]).shape == looking.IMAGE


class Piling(Trainer):
    """Forgets to forget."""

    def clear_gradients(self) -> None:
        pass


def test_gradients_that_pile_up_differ_from_fresh_ones() -> None:
    _, (first, second, *_) = examined(settings={"grad_clip": 0.0}, trainer=Piling)
    assert first["grad_difference"] == pytest.approx(0, abs=1e-5)
    assert second["grad_difference"] > 0.5
    assert second["grad_norm"] != pytest.approx(second["fresh_grad_norm"], rel=0.1)


def test_a_batch_in_pieces_is_looked_into_but_not_compared() -> None:
    _, (data, *_) = examined("lstm", settings={"accumulate": 2})
    assert (data["grad_difference"], data["fresh_grad_norm"]) == (None, None)
    assert data["layers"][0]["activation"]["std"] > 0


def test_the_gradients_of_the_step_stay_as_they_are() -> None:
    run, _ = trained("transformer", "items")
    batch = run.batches.at(4)
    run.model.objective(batch.idx, batch.targets)[0].mean().backward()
    before = copy.deepcopy([p.grad for p in run.model.parameters()])
    watcher = Inside()
    watcher.gradients(run, batch)
    after = [p.grad for p in run.model.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert not [m for m in run.model.modules() if m._forward_hooks]


def test_it_keeps_to_its_share_of_the_time() -> None:
    """Asked before each step of 10 ms, with examinations of 40 ms each."""
    watcher, steps = Inside(share=0.02), []
    run = SimpleNamespace(step=0, seconds=0.0, team=SimpleNamespace(size=1))
    for step in range(1, 3001):
        if watcher.wants(run):
            steps.append(step)
            watcher.cost = 0.04
            watcher.spent += watcher.cost
            watcher.due = max(step + 1, math.ceil(step * watcher.growth))
            run.seconds += watcher.cost
            assert watcher.spent <= 0.02 * run.seconds + 0.04
        run.step, run.seconds = step, run.seconds + 0.01
    assert steps[0] == 1
    assert steps[1] > 300
    assert len(steps) > 4
    assert watcher.spent <= 0.02 * run.seconds


def test_it_measures_what_it_costs() -> None:
    watcher = Inside(share=math.inf, growth=1.0)
    _, events = trained("transformer", watcher=watcher)
    assert 0 < watcher.cost < watcher.spent
    assert len([e for e in events if isinstance(e, Examined)]) == 4


def test_several_processes_are_left_alone() -> None:
    run = SimpleNamespace(step=0, seconds=0.0, team=SimpleNamespace(size=2))
    assert not Inside().wants(run)


def test_an_untrained_model_is_seen_before_its_first_step() -> None:
    model = tiny_model("mlp", V["text"], init="naive")
    run = Trainer(
        NextToken(),
        model,
        DATA["text"],
        settings=TrainSettings(batch_size=8),
        budget=Budget(steps=1),
        callbacks=[Inside()],
    )
    (data,) = (e.data for e in run.run() if isinstance(e, Examined))
    (hidden,) = (found for found in data["layers"] if found["name"] == "hidden")
    assert hidden["saturated_values"] > 0.6


@pytest.mark.parametrize("kind", ["items", "text"])
@pytest.mark.parametrize("method", ["lora", "soft-prompt", "layers"])
def test_a_run_that_adapts_is_looked_into(method: str, kind: str, monkeypatch) -> None:
    """A prompt has places of its own in every layer, in front of those that may be padding."""
    how, usual = AdapterSettings(method=method, rank=2, prompt=3), lively_model

    def adapted(*args, **changes):
        return adapt(usual(*args, **changes), how)

    monkeypatch.setitem(trained.__globals__, "lively_model", adapted)
    run, found = examined("transformer", kind, block_size=24)
    assert len(found) == 4
    assert all(each["layers"] and each["weights"] for each in found)
    learns = {name for name, _ in inside.matrices(run.model)}
    assert {weight["name"] for weight in found[-1]["weights"]} == learns
