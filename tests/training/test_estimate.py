"""What a training would take, against what it takes."""

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from lm_core.adapt.adapting import adapting
from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.models import building, models
from lm_core.models.building import Make, blueprint, build_model, usual
from lm_core.training import TrainSettings, estimate
from lm_core.training.estimate import Plan, check
from lm_core.training.optimizers import optimizer_of
from tests.marks import most_slow
from tests.tiny import OF_TEXT, READERS, tiny_settings

GRADIENT = [entry.name for entry in READERS if entry.build.learns_by == "gradient"]
LARGE = {"n_layer": 48, "n_embd": 4096, "n_head": 32}


def peak(family: str, vocab_size: int, train: TrainSettings, make: Make = usual) -> int:
    """The most bytes that tensors take at once in two steps of the real thing."""
    settings = models[family].settings()
    model = build_model(family, settings.to_dict(), vocab_size, make=make).train()
    optimizer = optimizer_of(model, train.optimizer, lr=train.lr, weight_decay=train.weight_decay)
    size = model.context_size or getattr(settings, "block_size", 64)
    idx = torch.randint(vocab_size, (train.batch_size, size))
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        for _ in range(2):
            nats, penalty, _ = model.objective(idx, idx, None)
            (nats.mean() + penalty).backward()
            optimizer.step()
            optimizer.zero_grad()
            del nats
    events = [e for e in seen.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most + sum(t.nbytes for t in [*model.parameters(), *model.buffers()])


@pytest.mark.parametrize(
    "family",
    most_slow(GRADIENT, quick=["neural-bigram", "lstm", "transformer"]),
)
@pytest.mark.parametrize("vocab_size", most_slow([100, 5000], quick=[5000]))
def test_the_estimate_is_right_within_a_factor_of_two(family: str, vocab_size: int) -> None:
    train = TrainSettings(batch_size=32)
    taken = peak(family, vocab_size, train)
    planned = Plan(family, models[family].settings(), vocab_size, train)
    assert 0.5 < planned.need().total / taken < 2
    assert planned.bound().total > taken  # so what it lets pass fits


@pytest.mark.parametrize(
    "family", most_slow(GRADIENT, quick={*GRADIENT} - {"lstm", "encoder", "encoder-decoder"})
)
@pytest.mark.parametrize("block_size", most_slow([2, 64, 256], quick=[2]))
def test_the_bound_is_no_less_whatever_the_shape(family: str, block_size: int) -> None:
    entry = models[family]
    wide = {"n_embd": 256, "n_hidden": 512, "n_layer": 3, "block_size": block_size, "n_head": 8}
    known = entry.settings().to_dict()
    some = entry.settings.from_dict(known | {k: v for k, v in wide.items() if k in known})
    for settings in (some, entry.settings.from_dict(tiny_settings(family))):
        for rows in (1, 64):
            for vocab_size in (30, 5000):
                planned = Plan(family, settings, vocab_size, TrainSettings(batch_size=rows))
                assert planned.bound().total >= planned.need().total


def test_what_is_kept_for_each_weight_and_what_is_read_at_once_count() -> None:
    settings = models["transformer"].settings()

    def need(**train):
        return Plan("transformer", settings, 100, TrainSettings(**train)).need()

    usual, weights = need(), sum(p.nbytes for p in blueprint("transformer", {}, 100).parameters())
    assert usual.weights == pytest.approx(5 * weights, rel=0.2)  # and the tables of places
    assert need(ema=0.9).weights == usual.weights + weights
    assert need(keep_best=False).weights == usual.weights - weights
    assert need(batch_size=64).step == pytest.approx(2 * usual.step, rel=0.01)
    assert need(batch_size=64, accumulate=2) == usual
    assert need(recompute=True).step < 0.5 * usual.step
    short = Plan("transformer", settings, 100, TrainSettings(), longest=16).need()
    assert short.step < usual.step / 4


ADAPTED = ({"method": "lora"}, {"method": "soft-prompt"}, {"method": "layers", "layers": "head"})


@pytest.mark.parametrize("how", ADAPTED, ids=lambda how: how["method"])
def test_of_a_model_that_is_adapted_only_what_learns_is_kept_four_times(how: dict) -> None:
    family, train = "transformer", TrainSettings(batch_size=4)
    make = adapting(usual, AdapterSettings(**how))
    taken = peak(family, 500, train, make)
    planned = Plan(family, models[family].settings(), 500, train, make=make)
    assert 0.5 < planned.need().total / taken < 2
    assert planned.bound().total > taken
    weights = [p.nbytes for p in planned.model.parameters() if not p.requires_grad]
    whole = Plan(family, models[family].settings(), 500, train)
    assert planned.need().weights < whole.need().weights - 2 * sum(weights)


def test_a_change_of_low_rank_fits_where_all_weights_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = models["transformer"].settings(n_layer=3, n_embd=2048, n_head=16, block_size=64)
    given = "transformer", settings, 100, TrainSettings(batch_size=1)
    low = adapting(usual, AdapterSettings(method="lora"))
    monkeypatch.setattr(estimate, "free_memory", lambda: 28 * 10**8)
    with pytest.raises(BadSettings, match=r"would take about 3\.\d GB"):
        check(*given)
    check(*given, make=low)
    monkeypatch.setattr(estimate, "free_memory", lambda: 10**9)
    with pytest.raises(BadSettings, match=r"batch_size \(now 1\) or start from a smaller model"):
        check(*given, make=low)


def test_giant_settings_are_refused_in_a_sentence_with_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(estimate, "free_memory", lambda: 16 * 10**9)
    monkeypatch.setattr(building, "free_memory", lambda: 16 * 10**9)
    settings = models["transformer"].settings(**LARGE)
    with pytest.raises(BadSettings) as error:
        check("transformer", settings, 100, TrainSettings())
    assert str(error.value) == (
        "This training would take about 220.5 GB of memory, 193.3 GB of it for its weights, and "
        "16.0 GB are free: lower n_layer (now 48), n_embd (now 4,096) or vocab_size (now 100)."
    )
    with pytest.raises(BadSettings, match=r"take 38\.7 GB, and 16\.0 GB of memory are free"):
        build_model("transformer", settings.to_dict(), 100)
    settings = models["transformer"].settings(block_size=1024)
    with pytest.raises(BadSettings, match=r"lower batch_size \(now 2,048\), block_size \(now 1,0"):
        check("transformer", settings, 100, TrainSettings(batch_size=2048))
    check("transformer", settings, 100, TrainSettings(batch_size=2048), longest=12)  # short names
    check("ngram", models["ngram"].settings(), 100, TrainSettings())  # nobody knows before


def test_what_the_system_does_not_say_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "free_memory", lambda: None)
    check("transformer", models["transformer"].settings(**LARGE), 100, TrainSettings())


@pytest.mark.parametrize("family", [entry.name for entry in READERS])
def test_what_is_small_is_never_refused(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "free_memory", lambda: 0)
    monkeypatch.setattr(building, "free_memory", lambda: 0)
    settings = models[family].settings.from_dict(tiny_settings(family))
    check(family, settings, 30, TrainSettings(batch_size=4))
    build_model(family, settings.to_dict(), 30)


def test_a_blueprint_draws_nothing_and_takes_no_memory() -> None:
    before = torch.get_rng_state()
    for family in (entry.name for entry in OF_TEXT):
        made = blueprint(family, {}, 50)
        assert all(t.is_meta for t in [*made.parameters(), *made.buffers()]) or (
            made.learns_by == "counting"
        )
        real = build_model(family, {}, 50)
        shapes = {name: t.shape for name, t in real.state_dict().items()}
        assert {name: t.shape for name, t in made.state_dict().items()} == shapes
    assert torch.equal(torch.get_rng_state(), before)
