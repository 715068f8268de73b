"""What every family that reads one text promises. A new one is covered without a line here; those
that turn one text into another are in `test_translating.py`."""

import gc
import math
import re
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.generation import SamplerSettings, generate
from lm_core.models import models
from lm_core.models.building import out_of_memory
from lm_core.models.contract import (
    IGNORED,
    LanguageModel,
    Model,
    detach,
    numbers_only,
    restart,
)
from lm_core.models.tracing import trace
from lm_core.training.optimizers import OPTIMIZERS
from tests.marks import fewer_examples, most_slow
from tests.tiny import alphabet, lively_model, some_ids, tiny_model, tiny_settings

READERS = [entry for entry in models if issubclass(entry.build, LanguageModel)]
FAMILIES = [entry.name for entry in READERS]
BY_GRADIENT = [entry.name for entry in READERS if entry.build.learns_by == "gradient"]
CAUSAL = [entry.name for entry in READERS if entry.build.causal]
BOTH_SIDES = [entry.name for entry in READERS if not entry.build.causal]
LADDER = {"bigram", "neural-bigram", "ngram", "mlp", "wavenet", "rnn", "gru", "lstm"}
LADDER |= {"transformer", "encoder", "encoder-decoder", "mixture", "ensemble", "rnn-translator"}
# To learn a batch by heart: a table needs many small steps, and what is hidden has to come up.
STEPS = {"neural-bigram": 1000, "encoder": 500}
HIDE_MORE = {"encoder": {"masked": 0.8}}
CLOSE = {"atol": 1e-5, "rtol": 1e-5}
GREEDY = SamplerSettings(temperature=0.0)


def length(model: LanguageModel) -> int:
    """As long a text as the model reads at once; longer than it was trained for where it can."""
    return model.context_size or 40


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("V", [2, 27, 1000])
@pytest.mark.parametrize("seed", most_slow([0, 1, 2], quick=[0]))
def test_an_untrained_model_says_every_token_alike(family: str, V: int, seed: int) -> None:
    model = tiny_model(family, V, seed=seed)
    idx, targets = some_ids(4, 16, V, seed=seed), some_ids(4, 16, V, seed=seed + 100)
    with torch.inference_mode():
        nats = model.nats(idx, targets)[0].mean().item()
    assert nats == pytest.approx(math.log(V), rel=0.05)


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_have_a_row_for_each_token(family: str) -> None:
    model = lively_model(family)
    logits, _ = model(some_ids(3, 7, 27))
    assert logits.shape == (3, 7, 27)
    assert logits.is_floating_point()
    assert logits.isfinite().all()


@pytest.mark.parametrize(
    "family",
    most_slow(BY_GRADIENT, quick={*BY_GRADIENT} - {"encoder", "encoder-decoder", "gru", "lstm"}),
)
@pytest.mark.parametrize("seed", most_slow([0, 1], quick=[0]))
def test_one_batch_can_be_learned_by_heart(family: str, seed: int) -> None:
    model = tiny_model(family, seed=seed, **HIDE_MORE.get(family, {})).train()
    idx = torch.cat([torch.arange(4).view(4, 1), some_ids(4, 16, 27, seed=seed)], dim=1)
    optimizer = OPTIMIZERS["adamw"](model, lr=1e-2, weight_decay=0.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # of what is hidden along the way
        for _ in range(STEPS.get(family, 150)):
            model.nats(idx[:, :-1], idx[:, 1:])[0].mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    with torch.inference_mode():
        learned = model.eval().nats(idx[:, :-1], idx[:, 1:])[0].mean().item()
    assert learned < 0.1 + least(family, idx)


def least(family: str, idx: torch.Tensor) -> float:
    """What nobody who looks back one token only can go below: the entropy of the counted pairs.
    Zero for whoever looks back further."""
    if family != "neural-bigram":
        return 0.0
    counts = torch.zeros(27, 27).index_put_(
        (idx[:, :-1].flatten(), idx[:, 1:].flatten()), torch.tensor(1.0), accumulate=True
    )
    shares = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    return float(-(counts * shares.clamp(min=1e-9).log()).sum() / counts.sum())


@pytest.mark.parametrize("family", BY_GRADIENT)
def test_every_weight_takes_part(family: str) -> None:
    model = lively_model(family).train()
    T = 16  # a whole context, so that what comes into play late is asked too
    model.nats(some_ids(2, T, 27), some_ids(2, T, 27, seed=1))[0].mean().backward()
    idle = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


@pytest.mark.parametrize("family", CAUSAL)
def test_no_token_changes_what_was_said_before_it(family: str) -> None:
    model = lively_model(family)
    T = length(model)
    idx = some_ids(1, T, 27)
    with torch.inference_mode():
        before, _ = model(idx)
        for t in range(1, T):
            other = idx.clone()
            other[0, t] = (other[0, t] + 1) % 27
            after, _ = model(other)
            torch.testing.assert_close(after[:, :t], before[:, :t], atol=1e-6, rtol=0)
            assert not torch.equal(after[:, t:], before[:, t:])


@pytest.mark.parametrize("family", CAUSAL)
def test_a_guess_depends_on_as_many_tokens_as_the_model_reaches(family: str) -> None:
    model = lively_model(family)
    T = 12
    idx = some_ids(1, T, 27)
    with torch.inference_mode():
        before = model(idx)[0][0, -1]
        changes = []
        for t in range(T):
            other = idx.clone()
            other[0, t] = (other[0, t] + 1) % 27
            changes.append(not torch.equal(model(other)[0][0, -1], before))
    reach = T if model.reach is None else model.reach
    assert not any(changes[: T - reach])
    # What an n-gram never counted after a new context depends on the shorter ones alone.
    assert changes[-1] if family in ("ngram", "mixture", "ensemble") else all(changes[T - reach :])


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_of_a_batch_do_not_touch(family: str) -> None:
    model = lively_model(family)
    idx = some_ids(3, 10, 27)
    with torch.inference_mode():
        together, _ = model(idx)
        alone = torch.cat([model(row.view(1, -1))[0] for row in idx])
    torch.testing.assert_close(together, alone, **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_saved_and_loaded_says_the_same(family: str, tmp_path: Path) -> None:
    model = lively_model(family)
    save_checkpoint(tmp_path / "model", model, alphabet(27), {})
    loaded = load_checkpoint(tmp_path / "model").model
    idx = some_ids(2, 12, 27)
    with torch.inference_mode():
        assert torch.equal(loaded(idx)[0], model(idx)[0])
    assert loaded.settings == model.settings
    assert loaded.n_parameters == model.n_parameters
    assert not loaded.training


@pytest.mark.parametrize("family", CAUSAL)
def test_a_text_in_two_pieces_is_the_text_in_one(family: str) -> None:
    model = lively_model(family)
    idx = some_ids(2, length(model), 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        for cut in range(1, idx.size(1)):
            first, state = model(idx[:, :cut])
            second, _ = model(idx[:, cut:], state)
            torch.testing.assert_close(torch.cat([first, second], dim=1), whole, **CLOSE)


MODELS = {family: lively_model(family) for family in FAMILIES}


@pytest.mark.parametrize("family", CAUSAL)
@fewer_examples()
@given(data=st.data())
def test_a_text_in_any_pieces_is_the_text_in_one(family: str, data: st.DataObject) -> None:
    model = MODELS[family]
    T = data.draw(st.integers(1, length(model)))
    cuts = sorted(data.draw(st.sets(st.integers(1, T - 1)))) if T > 1 else []
    idx = some_ids(2, T, 27, seed=data.draw(st.integers(0, 3)))
    with torch.inference_mode():
        whole, _ = model(idx)
        state, pieces = None, []
        for a, b in zip([0, *cuts], [*cuts, T], strict=True):
            logits, state = model(idx[:, a:b], state)
            pieces.append(logits)
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole, **CLOSE)


@pytest.mark.parametrize("family", CAUSAL)
@pytest.mark.parametrize("prompt", most_slow([1, 5, 16, 30], quick=[5]))
def test_greedy_text_is_the_same_with_and_without_a_cache(family: str, prompt: int) -> None:
    model = lively_model(family)
    ids = some_ids(prompt, 27).tolist()
    written = {
        cached: list(generate(model, ids, max_tokens=60, sampler=GREEDY, cached=cached))
        for cached in (True, False)
    }
    for fast, plain in zip(written[True], written[False], strict=True):
        assert torch.equal(fast.ids, plain.ids)
        torch.testing.assert_close(fast.logits, plain.logits, **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_setting_is_refused_by_name(family: str) -> None:
    known = sorted(tiny_settings(family)) or ["anything"]
    with pytest.raises(BadSettings, match=f"{known[0]}s"):
        build_model(family, {f"{known[0]}s": 1}, 27)
    if tiny_settings(family):
        with pytest.raises(BadSettings, match=rf"did you mean '{known[0]}'\?"):
            build_model(family, {f"{known[0]}s": 1}, 27)


@pytest.mark.parametrize("family", CAUSAL)
def test_nats_is_the_cross_entropy_of_the_logits(family: str) -> None:
    model = lively_model(family)
    idx, targets = some_ids(3, 9, 27), some_ids(3, 9, 27, seed=1)
    targets[0, :4] = IGNORED
    targets[2, -1] = IGNORED
    with torch.inference_mode():
        nats, _ = model.nats(idx, targets)
        logits, _ = model(idx)
    expected = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    torch.testing.assert_close(nats, expected.view(3, 9), atol=1e-5, rtol=1e-4)
    assert not nats[targets == IGNORED].any()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recorded_pass_says_what_the_fast_one_says(family: str) -> None:
    model = lively_model(family)
    idx = some_ids(2, 12, 27)
    with torch.inference_mode():
        plain, state = model(idx[:, :8])
        with trace(model) as recorded:
            traced, traced_state = model(idx[:, :8])
        torch.testing.assert_close(traced, plain, **CLOSE)
        if model.causal:
            further, _ = model(idx[:, 8:], state)
            with trace(model) as later:
                traced_further, _ = model(idx[:, 8:], traced_state)
            torch.testing.assert_close(traced_further, further, **CLOSE)
            recorded |= {f"later.{name}": tensor for name, tensor in later.items()}
    for name, tensor in recorded.items():
        assert not tensor.requires_grad
        if name.endswith("weights"):
            torch.testing.assert_close(tensor.sum(-1), torch.ones(tensor.shape[:-1]), **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_seed_decides_the_weights_and_leaves_the_global_generator(family: str) -> None:
    before = torch.get_rng_state()
    first, again, other = (tiny_model(family, seed=seed) for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), before)
    same = [torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True)]
    assert all(same)
    if first.learns_by == "gradient":
        pairs = zip(first.parameters(), other.parameters(), strict=True)
        assert not all(torch.equal(a, b) for a, b in pairs)


def test_a_model_larger_than_the_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = torch.nn.Embedding.__init__

    def larger(self: torch.nn.Embedding, *args: object, **more: object) -> None:
        """Than it looked from its shapes alone."""
        if torch.get_default_device().type != "meta":
            torch.empty(10**15)
        begin(self, *args, **more)

    monkeypatch.setattr(torch.nn.Embedding, "__init__", larger)
    with pytest.raises(BadSettings, match="take fewer layers, or narrower ones"):
        tiny_model("transformer")


@pytest.mark.parametrize("family", [f for f in BY_GRADIENT if models[f].build.carries_state])
def test_a_restarted_row_starts_from_nothing(family: str) -> None:
    model = lively_model(family)
    idx = some_ids(3, 6, 27)
    with torch.inference_mode():
        _, state = model(some_ids(3, 6, 27, seed=1))
        afresh, _ = model(idx)
        carried, _ = model(idx, state)
        mixed, _ = model(idx, restart(detach(state), torch.tensor([False, True, False])))
    torch.testing.assert_close(mixed[1], afresh[1], **CLOSE)
    torch.testing.assert_close(mixed[[0, 2]], carried[[0, 2]], **CLOSE)
    assert restart(state, torch.tensor([True, True])) is None  # another batch size
    assert restart(None, torch.tensor([True])) is None


@pytest.mark.parametrize("family", BOTH_SIDES)
def test_what_reads_both_sides_is_asked_for_what_it_cannot_see(family: str) -> None:
    """Each target is hidden while it is asked for: only the other rows of the text say it."""
    model = lively_model(family)
    idx, targets = some_ids(3, 9, 27), some_ids(3, 9, 27, seed=1)
    targets[1, 6:] = IGNORED
    with torch.inference_mode():
        nats, state = model.nats(idx, targets)
        assert state is None
        assert not nats[targets == IGNORED].any()
        for t in range(9):
            changed = targets.clone()
            changed[0, t] = (targets[0, t] + 1) % 27
            other, _ = model.nats(idx, changed)
            assert other[0, t] != nats[0, t]
            torch.testing.assert_close(other[1:], nats[1:], **CLOSE)
        everything = model(idx)[0]
        later = idx.clone()
        later[:, -1] = (later[:, -1] + 1) % 27
        assert not torch.equal(model(later)[0][:, 0], everything[:, 0])


@pytest.mark.parametrize("family", BOTH_SIDES)
def test_what_reads_both_sides_does_not_write(family: str) -> None:
    with pytest.raises(BadSettings, match="both sides"):
        next(generate(lively_model(family), [1, 2], max_tokens=3))


def test_the_registry_has_every_family_and_their_words() -> None:
    assert set(models.names()) >= LADDER
    for entry in models:
        assert entry.title
        assert entry.idea.endswith(".")
        assert entry.equation, entry.name
        assert re.search(r"\b(19|20)\d\d\b", entry.paper), entry.name
        assert issubclass(entry.build, Model)
        assert entry.build.tasks
        assert entry.build.learns_by in ("gradient", "counting", "both")


def test_only_what_learns_by_gradient_is_trained_along_the_text() -> None:
    along = [family for family in FAMILIES if models[family].build.carries_state]
    assert "lstm" in along
    assert set(along) <= set(BY_GRADIENT)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_says_where_its_numbers_are(family: str) -> None:
    assert tiny_model(family).device == torch.device("cpu")


@pytest.mark.parametrize(
    "words", ["can't allocate memory: you tried to", "not enough memory: you tried to"]
)
def test_a_full_memory_is_known_on_every_system(words: str) -> None:
    assert out_of_memory(RuntimeError(f"DefaultCPUAllocator: {words} allocate 4 bytes."))
    assert not out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


@pytest.mark.parametrize("family", CAUSAL)
@pytest.mark.parametrize("rows", [1, 3])
def test_writing_token_by_token_says_what_reading_the_whole_says(family: str, rows: int) -> None:
    model = lively_model(family)
    idx = some_ids(rows, length(model), 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        _, state = model(idx[:, :3])
        step = model.steps(state)
        one_by_one = torch.stack([step(idx[:, t]) for t in range(3, idx.size(1))], dim=1)
    torch.testing.assert_close(one_by_one, whole[:, 3:], **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=12)
@given(data=st.data())
def test_any_shape_keeps_the_contract(family: str, data: st.DataObject) -> None:
    """Any batch, length and vocabulary: shape of the logits, loss at the start, causality."""
    B, V = data.draw(st.integers(1, 4)), data.draw(st.integers(4, 70))
    untrained = tiny_model(family, V, seed=data.draw(st.integers(0, 5)))
    T = data.draw(st.integers(2, length(untrained)))
    idx, targets = some_ids(B, T, V, seed=B), some_ids(B, T, V, seed=B + 1)
    with torch.inference_mode():
        nats, _ = untrained.nats(idx, targets)
        assert nats.shape == (B, T)
        assert nats.mean().item() == pytest.approx(math.log(V), rel=0.05)
        model = lively_model(family, V)
        logits, _ = model(idx)
        assert logits.shape == (B, T, V)
        t = data.draw(st.integers(1, T - 1))
        other = idx.clone()
        other[:, t] = (other[:, t] + 1) % V
        if model.causal:
            after = model(other)[0][:, :t]
            torch.testing.assert_close(after, logits[:, :t], atol=1e-6, rtol=0)


def without_gradients(model: LanguageModel, rows: int) -> list[int]:
    """Write where the model can, read and score where it cannot; some ids."""
    if model.causal:
        written = list(generate(model, [0, 1], max_tokens=2 * length(model), samples=rows))
        return torch.stack([one.ids for one in written]).flatten().tolist()
    with torch.inference_mode():
        idx = some_ids(rows, length(model), 27)
        model.nats(idx, idx)
        return model(idx)[0].argmax(-1).flatten().tolist()


def gradients(model: LanguageModel, rows: int) -> list[torch.Tensor]:
    idx = some_ids(rows, 9, 27, seed=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # of what is hidden
        nats, penalty, _ = model.train().objective(idx[:, :-1], idx[:, 1:])
    weights, loss = list(model.eval().parameters()), nats.mean() + penalty
    return list(torch.autograd.grad(loss, weights, materialize_grads=True)) if weights else []


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("rows", most_slow([1, 3], quick=[3]))
def test_learning_and_writing_leave_each_other_as_they_were(family: str, rows: int) -> None:
    """Whatever a family keeps of the one serves the other, in either order."""
    model, twin = lively_model(family), lively_model(family)
    written = without_gradients(model, rows)
    if model.causal:  # writing on with gradients on, as somebody may who looks inside
        idx = some_ids(rows, 8, 27)
        whole, (_, state) = model(idx)[0], model(idx[:, :1])
        step = model.steps(state)
        said = torch.stack([step(idx[:, t]) for t in range(1, 8)], dim=1)
        torch.testing.assert_close(said, whole[:, 1:], **CLOSE)
    expected = gradients(twin, rows)
    for ours, other in zip(gradients(model, rows), expected, strict=True):
        torch.testing.assert_close(ours, other)
    assert without_gradients(twin, rows) == written
    for ours, other in zip(gradients(twin, rows), expected, strict=True):
        torch.testing.assert_close(ours, other)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("rows", most_slow([1, 3], quick=[3]))
def test_nothing_is_kept_that_no_gradient_could_go_through(family: str, rows: int) -> None:
    """Tensors made in inference mode end with it: none stays in a cache or in the model."""
    for module in [m for name, m in sys.modules.items() if name.startswith("lm_core.models")]:
        for kept in [v for v in vars(module).values() if hasattr(v, "cache_clear")]:
            kept.cache_clear()
    gc.freeze()  # what was there before is looked at no more
    model = lively_model(family)
    without_gradients(model, rows)
    gc.collect()
    tensors = [t for t in gc.get_objects() if type(t) is torch.Tensor]
    assert [t.shape for t in tensors if t.is_inference()] == []


@pytest.mark.parametrize("bad", [math.inf, math.nan, -math.inf])
def test_scores_that_give_no_probabilities_are_refused_in_any_row(bad: float) -> None:
    scores = torch.zeros(2, 3, 4)
    scores[1, 2, 3] = -math.inf  # one impossible token is none the less a probability
    assert numbers_only(scores) is scores
    scores[1, 2] = bad
    with pytest.raises(BadCheckpoint, match="train it again"):
        numbers_only(scores)


@pytest.mark.parametrize("name", CAUSAL)
def test_what_is_scored_is_a_distribution(name: str) -> None:
    """The probabilities that `nats` gives to all tokens after the same context sum to one."""
    model, V = lively_model(name, 11), 11
    context = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]]).expand(V, -1)  # (V, T)
    targets = torch.full_like(context, IGNORED)
    targets[:, -1] = torch.arange(V)
    with torch.inference_mode():
        nats, _ = model.nats(context, targets)
    assert float((-nats[:, -1]).exp().sum()) == pytest.approx(1.0, abs=1e-4)
