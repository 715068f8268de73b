import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings
from lm_core.generation.samplers import (
    SamplerSettings,
    min_p,
    no_repeat,
    repetition_penalty,
    sample,
    shaped,
    temperature,
    top_k,
    top_p,
    typical,
)

RULED_OUT = float("-inf")
# Coarse steps, so that equal logits are frequent.
ROW = st.lists(st.integers(-8, 8).map(lambda n: n / 2), min_size=1, max_size=12)
SHARE = st.floats(0, 1)


def row(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers], dtype=torch.float32)


def kept(logits: torch.Tensor) -> list[int]:
    return (logits[0] > RULED_OUT).nonzero().flatten().tolist()


def probabilities(*p: float) -> torch.Tensor:
    return row(*p).log()


SAMPLERS = {
    "temperature": lambda logits, share: temperature(logits, 2 * share),
    "top_k": lambda logits, share: top_k(logits, round(share * logits.size(-1))),
    "top_p": top_p,
    "min_p": min_p,
    "shaped": lambda logits, share: shaped(
        logits, SamplerSettings(temperature=2 * share, top_k=5, top_p=share, min_p=share / 2)
    ),
}


@pytest.mark.parametrize("name", SAMPLERS)
@given(numbers=ROW, share=SHARE)
def test_a_sampler_only_ever_rules_out_and_never_the_most_probable(
    name: str, numbers: list[float], share: float
) -> None:
    logits = row(*numbers)
    before = logits.clone()
    out = SAMPLERS[name](logits, share)
    assert torch.equal(logits, before)  # a pure function
    assert torch.equal(out, SAMPLERS[name](logits, share))
    assert out.shape == logits.shape
    assert not out.isnan().any()
    best = int(logits[0].argmax())  # the first of several
    assert best in kept(out)
    assert int(out[0].argmax()) == best
    assert out.softmax(-1).sum().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["top_k", "top_p", "min_p"])
@given(numbers=ROW, share=SHARE)
def test_what_is_kept_keeps_its_logit_and_is_at_least_as_probable_as_what_is_not(
    name: str, numbers: list[float], share: float
) -> None:
    logits = row(*numbers)
    out = SAMPLERS[name](logits, share)
    stays = out > RULED_OUT
    assert torch.equal(out[stays], logits[stays])
    if not stays.all():
        assert logits[stays].min() >= logits[~stays].max()


# Temperature --------------------------------------------------------------------------------------


def test_temperature_divides() -> None:
    assert torch.equal(temperature(row(1, 2, 4), 2.0), row(0.5, 1, 2))
    assert torch.equal(temperature(row(1, 2, 4), 1.0), row(1, 2, 4))


@pytest.mark.parametrize("t", [0.0, 1e-30, 1e-300])
def test_without_warmth_only_the_most_probable_is_left(t: float) -> None:
    assert kept(temperature(row(1, 3, 3, 2), t)) == [1]


def test_the_numbers_of_the_course() -> None:
    """Multiplying by eight is a temperature of an eighth."""
    x = row(0.1, -0.2, 0.3, -0.2, 0.5)
    sharp = row(0.0326, 0.0030, 0.1615, 0.0030, 0.8000)
    torch.testing.assert_close(temperature(x, 1 / 8).softmax(-1), sharp, atol=5e-5, rtol=0)


# Top-k --------------------------------------------------------------------------------------------


@given(numbers=ROW, k=st.integers(0, 15))
def test_top_k_keeps_exactly_k(numbers: list[float], k: int) -> None:
    expected = len(numbers) if k == 0 else min(k, len(numbers))
    assert len(kept(top_k(row(*numbers), k))) == expected


def test_of_equals_the_first_are_kept() -> None:
    assert kept(top_k(torch.zeros(1, 100), 5)) == [0, 1, 2, 3, 4]
    assert kept(top_k(row(1, 2, 1, 2, 1), 3)) == [0, 1, 3]


def test_each_row_has_its_own() -> None:
    out = top_k(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), 1)
    assert out.argmax(-1).tolist() == [2, 0]
    assert (out > RULED_OUT).sum(-1).tolist() == [1, 1]


# Top-p --------------------------------------------------------------------------------------------


@given(numbers=ROW, p=SHARE)
def test_top_p_keeps_the_smallest_set_that_reaches_p(numbers: list[float], p: float) -> None:
    logits = row(*numbers)
    shares = logits[0].double().softmax(-1)
    stays = kept(top_p(logits, p))
    mass = shares[stays].sum().item()
    assert mass >= p - 1e-6
    if len(stays) > 1:  # without its least probable member it would not reach
        assert mass - shares[stays].min().item() < p + 1e-6


@pytest.mark.parametrize(
    ("p", "stays"),
    [
        (0.0, [1]),
        (0.3, [1]),
        (0.5, [1]),  # reached exactly: no further one is needed
        (0.51, [1, 2]),
        (0.75, [1, 2]),
        (0.9, [0, 1, 2, 3]),
        (1.0, [0, 1, 2, 3]),
    ],
)
def test_where_top_p_cuts(p: float, stays: list[int]) -> None:
    assert kept(top_p(probabilities(0.125, 0.5, 0.25, 0.125), p)) == stays


# Min-p --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "stays"), [(0.0, [0, 1, 2]), (0.15, [0, 1, 2]), (0.3, [0, 1]), (0.6, [0]), (1.0, [0])]
)
def test_where_min_p_cuts(p: float, stays: list[int]) -> None:
    assert kept(min_p(probabilities(0.6, 0.3, 0.1), p)) == stays


@given(numbers=ROW, p=SHARE)
def test_min_p_keeps_who_has_that_share_of_the_best(numbers: list[float], p: float) -> None:
    logits = row(*numbers)
    shares = logits[0].double().softmax(-1)
    least = p * shares.max().item()
    for id, share in enumerate(shares.tolist()):
        if abs(share - least) > 1e-6:
            assert (id in kept(min_p(logits, p))) == (share > least)


# Together, and drawing ----------------------------------------------------------------------------


def test_the_order_is_temperature_top_k_top_p_min_p() -> None:
    logits = probabilities(0.4, 0.3, 0.2, 0.1)
    s = SamplerSettings(temperature=0.5, top_k=3, top_p=0.9, min_p=0.3)
    by_hand = min_p(top_p(top_k(temperature(logits, 0.5), 3), 0.9), 0.3)
    assert torch.equal(shaped(logits, s), by_hand)


@given(numbers=ROW, seed=st.integers(0, 1000), k=st.integers(1, 12), p=SHARE)
def test_what_was_ruled_out_is_never_drawn(
    numbers: list[float], seed: int, k: int, p: float
) -> None:
    logits = row(*numbers).repeat(50, 1)
    s = SamplerSettings(top_k=k, top_p=p)
    ids = sample(logits, s, torch.Generator().manual_seed(seed))
    assert ids.shape == (50,)
    assert ids.dtype == torch.int64
    assert set(ids.tolist()) <= set(kept(shaped(logits[:1], s)))


def test_temperature_zero_is_greedy() -> None:
    logits = torch.randn(20, 30)
    ids = sample(logits, SamplerSettings(temperature=0.0))
    assert torch.equal(ids, logits.argmax(-1))
    assert torch.equal(sample(logits, SamplerSettings(top_k=1)), ids)


def test_draws_come_as_often_as_they_should() -> None:
    logits = probabilities(0.5, 0.3, 0.2).repeat(20_000, 1)
    ids = sample(logits, SamplerSettings(), torch.Generator().manual_seed(0))
    shares = ids.bincount(minlength=3) / len(ids)
    torch.testing.assert_close(shares, torch.tensor([0.5, 0.3, 0.2]), atol=0.015, rtol=0)


def test_a_generator_decides_and_the_global_one_is_left_alone() -> None:
    logits = torch.randn(50, 30)
    before = torch.get_rng_state()
    one, again, other = (
        sample(logits, SamplerSettings(), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_generator_of_the_course() -> None:
    generator = torch.Generator().manual_seed(42)
    numbers = torch.rand(3, generator=generator)
    torch.testing.assert_close(numbers, torch.tensor([0.8823, 0.9150, 0.3829]), atol=5e-5, rtol=0)
    p = numbers / numbers.sum()
    torch.testing.assert_close(p, torch.tensor([0.4047, 0.4197, 0.1756]), atol=5e-5, rtol=0)
    draws = torch.multinomial(p, 1000, replacement=True, generator=generator)
    shares = draws.bincount(minlength=3) / 1000
    torch.testing.assert_close(shares, torch.tensor([0.404, 0.425, 0.171]))


@pytest.mark.parametrize(
    "given", [{"temperature": -1}, {"top_k": -1}, {"top_p": 1.1}, {"min_p": -0.1}]
)
def test_settings_out_of_range_are_refused_by_name(given: dict) -> None:
    with pytest.raises(BadSettings, match=next(iter(given))):
        SamplerSettings(**given)


# What was written before -------------------------------------------------------------------------


def ids(*tokens: int) -> torch.Tensor:
    return torch.tensor([tokens])


@given(numbers=ROW, share=SHARE)
def test_typical_keeps_what_is_about_as_surprising_as_expected(
    numbers: list[float], share: float
) -> None:
    logits = row(*numbers)
    out = typical(logits, share)
    logs = logits[0].double().log_softmax(-1)
    entropy = -(logs.exp() * logs).sum()
    order = sorted(range(len(numbers)), key=lambda i: (round(abs(float(-logs[i] - entropy)), 5), i))
    stays, total = [], 0.0
    for i in order:  # by hand: nearest first, until p is reached
        if stays and total >= share + 1e-6:
            break
        stays.append(i)
        total += float(logs[i].exp())
    if 1e-5 < share < 1 - 1e-5 and all(
        abs(sum(float(logs[j].exp()) for j in order[: k + 1]) - share) > 1e-5
        for k in range(len(order))
    ):
        far = [round(abs(float(-logs[i] - entropy)), 5) for i in range(len(numbers))]
        assert sorted(far[i] for i in kept(out)) == sorted(far[i] for i in stays)
    assert torch.equal(out[out > RULED_OUT], logits[out > RULED_OUT])


def test_typical_leaves_out_the_obvious_where_it_is_rare_to_be_obvious() -> None:
    logits = probabilities(0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    assert 0 not in kept(typical(logits, 0.5))


@pytest.mark.parametrize(
    ("penalty", "expected"), [(2.0, [1.0, -2.0, 3.0]), (0.5, [4.0, -0.5, 3.0])]
)
def test_a_repetition_penalty_divides_positive_and_multiplies_negative_logits(
    penalty: float, expected: list[float]
) -> None:
    out = repetition_penalty(row(2, -1, 3), ids(0, 1, 1, 0), penalty)
    assert out[0].tolist() == expected


@given(
    text=st.lists(st.integers(0, 3), min_size=1, max_size=14),
    n=st.integers(0, 5),
    seed=st.integers(0, 9),
)
def test_no_repeat_rules_out_what_would_complete_a_run_again(
    text: list[int], n: int, seed: int
) -> None:
    logits = torch.randn(1, 4, generator=torch.Generator().manual_seed(seed))
    runs = {tuple(text[i : i + n]) for i in range(len(text) - n + 1)} if n else set()
    tail = tuple(text[len(text) - n + 1 :]) if n else ()
    allowed = [t for t in range(4) if (*tail, t) not in runs]
    assert kept(no_repeat(logits, ids(*text), n)) == (allowed or [0, 1, 2, 3])


def test_rows_are_looked_at_each_for_itself() -> None:
    logits = torch.zeros(2, 3)
    before = torch.tensor([[0, 1, 0], [2, 2, 1]])
    assert (no_repeat(logits, before, 2) == RULED_OUT).tolist() == [
        [False, True, False],
        [False, False, False],
    ]
    assert (repetition_penalty(logits + 1, before, 2.0) == 0.5).tolist() == [
        [True, True, False],
        [False, True, True],
    ]


def test_without_a_past_these_change_nothing() -> None:
    s = SamplerSettings(repetition_penalty=2.0, no_repeat=2)
    assert torch.equal(shaped(row(1, 2, 3), s), row(1, 2, 3))
