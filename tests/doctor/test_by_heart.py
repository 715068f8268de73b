"""A few examples by heart, of whatever task says what they cost then."""

from dataclasses import replace

import pytest

from lm_core.doctor.by_heart import SHARE, ByHeart, by_heart
from lm_core.doctor.patient import Patient
from lm_core.doctor.steps import left_out
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget


def patient(corpus: str, family: str, **model) -> Patient:
    spec = default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=1))
    made = prepare(replace(spec, model=replace(spec.model, **model)))
    how = {"train": spec.train, "task": made.task}
    return Patient(family, made.spec.model, made.codec.sizes, made.data, **how)


def ended(steps) -> ByHeart:
    value = None

    def all_of_it():
        nonlocal value
        value = yield from steps

    seen = list(all_of_it())
    assert seen[-1]["done"]
    assert seen[-1]["nats"] == list(value.losses)
    return value


@pytest.mark.parametrize(
    ("corpus", "family", "model"),
    [
        ("digits", "convolution", {"n_filter": 8, "dropout": 0.5}),
        ("digit-halves", "two-input", {}),
        pytest.param(*("faces", "residual", {"n_filter": 4, "n_layer": 2}), marks=pytest.mark.slow),
    ],
)
def test_eight_pictures_are_known_by_heart(corpus: str, family: str, model: dict) -> None:
    who = patient(corpus, family, **model)
    assert left_out(who, "overfit") is None
    found = ended(by_heart(who))
    assert found.rows == 8
    assert found.passed
    assert found.losses[-1] <= SHARE * found.losses[0]
    assert found.verdict().code == "overfit_ok"


def test_who_does_not_move_is_found_and_what_draws_noise_is_left_out() -> None:
    who = patient("digits", "convolution", n_filter=4)
    still = replace(who, train=replace(who.train, lr=1e-7))
    found = ended(by_heart(still, steps=40))
    assert found.verdict().code == "cannot_overfit"
    assert left_out(patient("digits", "autoencoder"), "overfit").code == "not_for_task"
    cut = replace(found, steps=(0, 10), losses=(2.3, 2.2), most=2000)
    assert cut.verdict().code == "out_of_time"
    falling = replace(
        found, steps=tuple(range(0, 2010, 10)), losses=tuple(2.3 - 0.005 * k for k in range(201))
    )
    assert falling.verdict().code == "overfit_unfinished"
    failed = replace(found, failure="It diverged.")
    assert failed.verdict().text == "It diverged."
