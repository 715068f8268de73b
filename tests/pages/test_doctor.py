"""The Doctor screen, without a browser."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import corpora
from lm_core.doctor.faults import HONEST
from lm_core.models import models
from lm_core.runs.gallery import CASES
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks import families_for
from lm_core.training.events import Diagnosed, Evaluated, Found
from pages._ui.doctor import guess
from pages._ui.shared import session
from pages._ui.shared.plain import plain
from tests.doctor.patients import Machine, takes_the_time_of
from tests.marks import most_slow
from tests.pages.stored import spec
from tests.waiting import PATIENCE
from tests.working import worked

ROOT = Path(__file__).parents[2]


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("LM_LAB_WORKERS", "1")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.run()
    at.switch_page("pages/doctor.py").run()
    assert_well(at)
    return at


def assert_well(at: AppTest) -> None:
    assert not at.exception
    assert not at.error


def said(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def test_the_first_step_is_answered_before_anything_is_touched(doctor: AppTest) -> None:
    assert doctor.title[0].value == "Doctor"
    assert "every token alike would be ln V" in said(doctor).replace("\\", "")
    assert len(doctor.get("arrow_vega_lite_chart") or doctor.get("vega_lite_chart")) == 1
    assert "stand in the training text" in said(doctor)  # step 0, in its verdict
    assert said(doctor).count("Not yet.") == 4


@pytest.mark.parametrize(
    "model",
    most_slow(["bigram", "lstm", "mlp", "encoder", "ngram"], quick=["bigram", "lstm", "encoder"]),
)
def test_every_family_can_be_asked(doctor: AppTest, model: str) -> None:
    doctor.selectbox(key="doctor-model").select(model).run()
    assert_well(doctor)


@pytest.mark.parametrize(
    ("text", "model", "others"),
    most_slow(
        [
            ("numbers-in-words", "encoder-decoder", {"rnn-translator"}),
            ("names-by-sex", "transformer", {"encoder", "lstm"}),
        ],
        quick=[("names-by-sex", "transformer", {"encoder", "lstm"})],
    ),
)
def test_families_that_learn_from_the_data_are_offered(
    doctor: AppTest, text: str, model: str, others: set[str]
) -> None:
    doctor.selectbox(key="doctor-model").select("mlp").run()  # which learns from neither
    doctor.selectbox(key="doctor-text").set_value(text).run()
    assert_well(doctor)
    box = doctor.selectbox(key="doctor-model")
    assert box.value == model
    assert box.options == [
        models[name].title for name in families_for(corpora[text].extra["info"].kind)
    ]
    for other in others:
        doctor.selectbox(key="doctor-model").select(other).run()
        assert_well(doctor)
    doctor.selectbox(key="doctor-text").set_value("names").run()
    assert_well(doctor)
    assert doctor.selectbox(key="doctor-model").value in families_for("items")


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ("0", "0"),
        ("-1", "-1"),
        ("nan", "nan"),
        ("1e9", "1000000000"),
        ("fast", "Write numbers with commas"),
        (" ".join(str(k / 1000) for k in range(1, 1001)), "cells"),
    ],
)
def test_bad_rates_get_one_sentence(doctor: AppTest, rates: str, says: str) -> None:
    doctor.text_input(key="doctor-lrs").set_value(rates)
    doctor.button(key="doctor-go").click().run()
    assert not doctor.exception
    assert len(doctor.error) == 1
    assert says in doctor.error[0].value


@pytest.mark.parametrize("rates", ["fast", "0", "nan", "0.1 " * 9])
def test_bad_rates_of_the_third_step_get_one_sentence(doctor: AppTest, rates: str) -> None:
    doctor.text_input(key="doctor-rates").set_value(rates)
    doctor.button(key="doctor-go").click().run()
    assert not doctor.exception
    assert len(doctor.error) == 1


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3.2e8])
def test_bad_budgets_get_one_sentence(doctor: AppTest, seconds: float) -> None:
    doctor.number_input(key="doctor-seconds").set_value(seconds)
    doctor.button(key="doctor-go").click().run()
    assert not doctor.exception
    assert "“Seconds” must be from" in doctor.error[0].value


def test_findings_fill_the_cards_and_a_cell_can_be_opened(
    doctor: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session._manager(), "_recover", lambda: None)  # it would say it was left
    spec = default_spec(CorpusSpec(name="names"), "mlp")
    spec = replace(spec, model=replace(spec.model, n_hidden=16, dropout=0.0))
    store, owner = session._manager().store, doctor.session_state["visitor"]
    run = store.create(owner, "Doctor", spec.to_dict(), kind="doctor", options={"seconds": 4.0})
    # In the time of a machine that takes a hundredth of a second for each step.
    with monkeypatch.context() as patch:
        takes_the_time_of(Machine(0.01), patch)
        worked(store, run)
    doctor.query_params["doctor"] = run
    doctor.run()
    assert_well(doctor)
    text = said(doctor)
    assert "Done." in text
    assert "Not yet." not in text
    assert "by heart" in text
    assert len(doctor.selectbox(key="doctor-cell").options) >= 4
    assert doctor.button(key="doctor-use").label.startswith("Use it: ")
    for kind in ("Steps", "Layers", "Stuck units", "Weights"):
        doctor.session_state["doctor-inside"] = kind
        doctor.run()
        assert_well(doctor)


BEST = {"lr": 0.03, "weight_decay": 0.5, "validation_nats": 2.1, "train_nats": 2.0, "run": "b"}
CELLS = {
    "lrs": [0.01, 0.03],
    "decays": [0.5],
    "cells": [BEST, BEST | {"lr": 0.01, "validation_nats": None, "run": "a"}],
    "random": [BEST | {"lr": 0.02, "validation_nats": 2.2, "run": "c"}],
    "best": BEST,
    "verdicts": [],
}
RATES = {
    "lr": [0.001, 0.01, 0.1],
    "nats": [3.3, 2.9, 4.0],
    "suggested_lr": 0.0125,
    "sweep": [{"lr": 0.0125, "steps": [1, 2], "nats": [3.3, 2.5]}],
    "done": True,
    "verdicts": [],
}


def stored(at: AppTest, *events: object, status: str = "finished", **columns: object) -> str:
    """An examination with these events, on the page."""
    store, owner = session._manager().store, at.session_state["visitor"]
    options = columns.pop("options", {})
    run = store.create(owner, "Doctor", spec().to_dict(), kind="doctor", options=options)
    store.update(run, status=status, **columns)
    store.record(run, events)
    at.query_params["doctor"] = run
    at.run()
    return run


def test_the_suggested_rate_is_filled_in_on_the_train_screen(doctor: AppTest) -> None:
    stored(doctor, Found(3, "lr", RATES))
    assert_well(doctor)
    doctor.button(key="doctor-use").click().run()
    assert_well(doctor)
    assert doctor.title[0].value == "Train"
    rate = next(w for w in doctor.number_input if w.label == "Learning rate")
    assert rate.value == 0.0125


def test_the_best_cell_is_trained_long_and_the_way_back_stays_open(doctor: AppTest) -> None:
    stored(doctor, Found(3, "lr", RATES), Found(4, "grid", CELLS))
    assert_well(doctor)
    assert "rate 0.01, decay 0.5: diverged" in doctor.selectbox(key="doctor-cell").options
    doctor.button(key="doctor-long").click().run()
    assert doctor.title[0].value == "Train"
    filled = doctor.session_state["train-filling"].spec
    assert (filled.train.lr, filled.train.weight_decay) == (0.03, 0.5)
    doctor.switch_page("pages/doctor.py").run()
    assert_well(doctor)
    assert doctor.title[0].value == "Doctor"


def test_a_verdict_leads_to_the_setting_that_mends_it(doctor: AppTest) -> None:
    sick = Diagnosed(5, "rate_too_high", "alarm", "It rises.", "Lower the rate.", "train.lr")
    fine = Diagnosed(5, "healthy", "ok", "All is well.", "", "train.lr")
    inside = {"layers": [], "weights": [], "grad_norm": 1.0, "verdicts": []}
    stored(doctor, Found(5, "inside", inside), sick, fine)
    assert_well(doctor)
    keys = [button.key for button in doctor.button if "mend" in str(button.key)]
    assert keys == ["doctor-mend-rate_too_high"]
    doctor.button(key=keys[0]).click().run()
    assert doctor.title[0].value == "Train"
    assert doctor.session_state["train-filling"].changed == "Learning rate"


def test_steps_of_matrices_are_shown_all_along(doctor: AppTest) -> None:
    weights = [{"name": "head.weight", "grad_norm": 0.1, "update_ratio": 0.002}]
    moved = [{"step": k, "ratios": {"head.weight": 0.01 / k}} for k in (1, 2, 5)]
    inside = {"layers": [], "weights": weights, "moved": moved, "done": True, "verdicts": []}
    stored(doctor, Found(5, "inside", inside))
    doctor.segmented_control(key="doctor-inside").set_value("Steps").run()
    assert_well(doctor)
    titles = [json.loads(c.proto.spec)["title"] for c in doctor.get("vega_lite_chart")]
    assert titles[-2:] == ["Step of each matrix", "Step of each matrix, all along"]


def test_an_inside_that_ended_at_once_is_a_sentence(doctor: AppTest) -> None:
    stored(doctor, Found(5, "inside", {"done": True, "verdicts": []}))
    assert_well(doctor)
    assert "before there was anything to look at" in said(doctor)


def test_what_was_left_out_or_could_not_go_on_says_so(doctor: AppTest) -> None:
    stored(doctor, status="failed", message="The text is gone.")
    assert not doctor.exception
    assert "The text is gone" in doctor.warning[0].value.replace("\\", "")
    assert said(doctor).count("Not taken.") == 6


def test_a_step_that_was_not_chosen_is_left_out(
    doctor: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session._manager(), "_recover", lambda: None)  # it would say it was left
    stored(doctor, Found(3, "lr", RATES), options={"steps": ["lr"]}, status="queued")
    assert not doctor.exception
    assert said(doctor).count("Left out.") == 5


def test_no_step_at_all_gets_one_sentence(doctor: AppTest) -> None:
    doctor.button_group(key="doctor-steps").set_value([])
    doctor.button(key="doctor-go").click().run()
    assert not doctor.exception
    assert "Choose at least one step" in doctor.error[0].value


def test_the_gallery_compares_what_was_found_with_what_was_expected(doctor: AppTest) -> None:
    store, owner = session._manager().store, doctor.session_state["visitor"]
    shown = CASES[0]
    for spec_of, nats, verdicts in (
        (shown.spec, 6.5, [Diagnosed(10, shown.expected, "alarm", "The loss rises.", "Lower it.")]),
        (shown.repaired, 2.5, []),
        (CASES[1].spec, 3.3, []),
    ):
        run = store.create(owner, "A case", spec_of.to_dict())
        store.update(run, status="finished")
        store.record(run, [Evaluated(150, 1000, "validation", nats, 700, True), *verdicts])
    doctor.session_state["doctor-view"] = "Failure gallery"
    doctor.run()
    assert_well(doctor)
    text = said(doctor).replace("\\", "")
    assert "found at step 10, as expected" in text
    assert text.count("repaired, no alarm") == 1, "the other case was never repaired"
    assert "6.50 nats per token (perplexity 665) broken, 2.50 (12.18) repaired" in text
    assert f"{CASES[1].expected.replace('_', ' ')}, was not given" in text


def test_the_way_back_leads_to_the_view_that_was_left(doctor: AppTest) -> None:
    doctor.session_state["doctor-view"] = "Failure gallery"
    doctor.run()
    doctor.switch_page("pages/train.py").run()
    doctor.switch_page("pages/doctor.py").run()
    assert_well(doctor)
    assert doctor.button(key=f"doctor-break-{CASES[0].name}")


def test_an_earlier_examination_is_found_again(doctor: AppTest) -> None:
    first = stored(doctor, Found(3, "lr", RATES))
    assert "doctor-earlier" not in [box.key for box in doctor.selectbox]
    second = stored(doctor)
    box = doctor.selectbox(key="doctor-earlier")
    assert (box.value, box.options) == (second, ["2. Doctor", "1. Doctor"])
    box.select(first).run()
    assert_well(doctor)
    assert doctor.query_params["doctor"] == first
    assert doctor.button(key="doctor-use")


def test_findings_of_something_else_than_what_is_chosen_say_so(doctor: AppTest) -> None:
    stored(doctor)
    assert "Below:" not in said(doctor)
    doctor.selectbox(key="doctor-model").select("mlp").run()
    assert_well(doctor)
    assert "Below: Doctor" in said(doctor)


def test_the_settings_of_a_run_are_examined_from_its_page(doctor: AppTest) -> None:
    runs, owner = session._manager(), doctor.session_state["visitor"]
    mine = spec("mlp", lr=0.123)
    mine = replace(mine, model=replace(mine.model, n_hidden=33), seed=7, fault="leaked-split")
    run = runs.store.create(owner, "My *own* run", mine.to_dict())
    runs.store.update(run, status="finished")
    stored(doctor)  # another examination is shown
    doctor.switch_page("pages/train.py")
    doctor.query_params.clear()
    doctor.query_params["run"] = run
    doctor.run()
    assert_well(doctor)
    links = {link.proto.label: link.proto for link in doctor.get("page_link")}
    assert dict(p.split("=") for p in [links["Examine these settings →"].query_string]) == {
        "doctor-of": run
    }
    doctor.switch_page("pages/doctor.py")
    doctor.query_params.clear()
    doctor.query_params["doctor-of"] = run
    doctor.run()
    assert_well(doctor)
    assert "settings and the seed of your run My \\*own\\* run" in said(doctor)
    assert "100 % stand in the training text" in said(doctor)  # its fault with it
    doctor.button(key="doctor-go").click().run()
    assert_well(doctor)
    (asked,) = [r for r in runs.store.runs_of(owner) if r.kind == "doctor" and r.title != "Doctor"]
    assert asked.spec == json.loads(json.dumps(mine.to_dict()))
    runs.stop(asked.id, owner)
    doctor.button(key="doctor-usual").click().run()
    assert "doctor-of" not in doctor.query_params
    assert "settings and the seed" not in said(doctor)


def test_a_run_of_somebody_else_is_not_examined(doctor: AppTest) -> None:
    doctor.query_params["doctor-of"] = session._manager().store.create("somebody", "x", {})
    doctor.run()
    assert not doctor.exception
    assert "is not here" in doctor.error[0].value


def test_a_guess_is_asked_before_the_cure_is_told(doctor: AppTest) -> None:
    doctor.session_state["doctor-view"] = "Failure gallery"
    doctor.run()
    assert "ended by" not in said(doctor)
    right, wrong, skipped = CASES[:3]
    for case, answer in ((right, right.mend), (wrong, "")):
        radio = doctor.radio(key=f"doctor-guess-{case.name}")
        assert len(set(radio.options)) == 4
        mends = [mend for mend in guess.options(case) if mend != case.mend]
        assert len(mends) == 3
        assert radio.value is None
        radio.set_value(answer or mends[0]).run()
        assert_well(doctor)
    assert f"**Right:** mended by {plain(right.mend)}" in said(doctor)
    assert f"You guessed {plain(mends[0])}. Mended by {plain(wrong.mend)}" in said(doctor)
    doctor.button(key=f"doctor-guess-{skipped.name}-skip").click().run()
    assert_well(doctor)
    assert said(doctor).count("ended by") == 3


def test_the_leak_is_shown_beside_what_it_hides(doctor: AppTest) -> None:
    store, owner = session._manager().store, doctor.session_state["visitor"]
    leak = next(case for case in CASES if case.name == "leaked-split")
    run = store.create(owner, "A case", leak.spec.to_dict())
    store.update(run, status="finished")
    store.record(
        run,
        [
            Evaluated(150, 1000, "validation", 1.63, 700, True),
            Evaluated(150, 1000, HONEST, 2.41, 700, True),
        ],
    )
    doctor.session_state["doctor-view"] = "Failure gallery"
    doctor.run()
    assert_well(doctor)
    assert [metric.value for metric in doctor.metric] == ["1.63 nats", "2.41 nats"]
    assert "look 0.78 nats better than it is" in said(doctor)


def test_somebody_elses_examination_is_not_shown(doctor: AppTest) -> None:
    run = session._manager().store.create("somebody else", "Doctor", {}, kind="doctor")
    doctor.query_params["doctor"] = run
    doctor.run()
    assert not doctor.exception
    assert "is not here" in doctor.error[0].value


def test_the_gallery_lists_every_case(doctor: AppTest) -> None:
    doctor.session_state["doctor-view"] = "Failure gallery"
    doctor.run()
    assert_well(doctor)
    assert len(CASES) >= 12
    for case in CASES:
        assert case.title in said(doctor)
        assert doctor.button(key=f"doctor-break-{case.name}").label == "Break it"


def test_the_laboratory_answers_at_once(doctor: AppTest) -> None:
    doctor.session_state["doctor-view"] = "How weights begin"
    doctor.run()
    assert_well(doctor)
    assert "times the spread of the first" in said(doctor)
    before = said(doctor)
    doctor.slider(key="doctor-stack-gain").set_value(0.1).run()
    assert_well(doctor)
    assert said(doctor) != before
    for activation in ("relu", "gelu", "sigmoid", "linear", "tanh"):
        doctor.selectbox(key="doctor-stack-activation").set_value(activation).run()
        assert_well(doctor)
    doctor.button(key="doctor-stack-usual").click().run()
    assert_well(doctor)
    assert said(doctor) == before  # 5/3 again, as at first


@pytest.mark.parametrize("gain", most_slow([0.0, 4.0], quick=[4.0]))
def test_the_laboratory_bears_its_extremes(doctor: AppTest, gain: float) -> None:
    doctor.session_state["doctor-view"] = "How weights begin"
    doctor.run()
    doctor.selectbox(key="doctor-stack-activation").set_value("relu2").run()
    doctor.slider(key="doctor-stack-depth").set_value(40).run()
    doctor.slider(key="doctor-stack-width").set_value(400).run()
    doctor.slider(key="doctor-stack-gain").set_value(gain).run()
    assert_well(doctor)


def test_the_numbers_of_the_course_can_be_read_off_one_layer(doctor: AppTest) -> None:
    doctor.session_state["doctor-view"] = "How weights begin"
    doctor.session_state["doctor-layers"] = "One layer"
    doctor.run()
    assert_well(doctor)
    rows = next(f.value for f in doctor.dataframe if "std after" in f.value)
    for found, course in zip(rows["std after"], (3.19, 15.69, 0.16, 1.0), strict=True):
        assert found == pytest.approx(course, rel=0.06)
    doctor.button(key="doctor-layer-usual-5").click().run()
    assert_well(doctor)
    assert f"measured it is {rows['std after'][1]:.2f}" in said(doctor)
