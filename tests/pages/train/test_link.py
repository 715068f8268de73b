"""The link that carries settings: there and back, and what is no link of ours."""

import dataclasses
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.cleaning import Cleaning
from lm_core.corpora import corpora, is_ready
from lm_core.corpora.own import own_corpus
from lm_core.runs.caps import caps
from lm_core.runs.presets import BUDGETS, default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec, StartSpec
from lm_core.tasks import families_for, tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings
from pages._ui.shared import session
from pages._ui.shared.corpus_choice import TEXTS
from pages._ui.shared.filling import MORE
from pages._ui.train.link import UNREAD
from tests.marks import most_slow
from tests.pages.conftest import APP
from tests.pages.stored import forget, stored_run
from tests.specs import settings_of
from tests.waiting import PATIENCE

FEW = 7  # forms: each is a screen
PAGE = "http://lab:8501/train"


def linked(**query: str) -> AppTest:
    """The screen as a link opens it."""
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    at.context["url"] = PAGE
    for name, value in query.items():
        at.query_params[name] = value
    return at.switch_page("pages/train.py").run()


def unfolded(at: AppTest) -> AppTest:
    """With the widgets under More settings."""
    at.session_state[MORE] = True
    return at.run()


def assert_well(at: AppTest) -> None:
    assert not at.exception
    assert not at.error


def link(at: AppTest) -> str:
    """What the button gives to copy."""
    return next(code.value for code in at.code if code.value.startswith(PAGE))


def carried(at: AppTest) -> str:
    """The settings in it."""
    ((name, (spec,)),) = parse_qs(urlsplit(link(at)).query).items()
    assert name == "spec"
    return spec


@st.composite
def shown(draw: st.DrawFn) -> RunSpec:
    """What the form has a place for."""
    data = CorpusSpec(name=draw(st.sampled_from([n for n in corpora.names() if is_ready(n)])))
    if data.holds in TEXTS:
        data = data.cleaned(Cleaning(lower=draw(st.booleans()), punctuation=draw(st.booleans())))
    family = draw(st.sampled_from(families_for(data.holds)))
    usual = default_spec(data, family)
    seconds = st.floats(0.1, caps().run_seconds) | st.sampled_from(list(BUDGETS.values()))
    steps = st.integers(1, caps().run_steps)
    budget = {"seconds": draw(seconds)} if draw(st.booleans()) else {"steps": draw(steps)}
    given = RunSpec(data, model_name=family, budget=Budget(**budget), seed=draw(st.integers(0, 99)))
    learned = tasks[given.task_name]
    token = draw(st.sampled_from(list(tokenizers)))
    given = dataclasses.replace(
        given,
        codec_name=token.name,
        codec=draw(settings_of(token.settings)),
        model=draw(settings_of(type(usual.model))),
        task=draw(settings_of(learned.settings)),
    )
    if given.learned.weighed:
        train, start = draw(settings_of(TrainSettings)), draw(settings_of(StartSpec))
        given = dataclasses.replace(given, train=train, start=start)
    assume(given != usual)
    return given


@settings(max_examples=FEW)
@given(spec=shown())
def test_a_link_opens_the_form_as_it_is_and_gives_the_same_link_again(spec: RunSpec) -> None:
    at = linked(spec=spec.to_address())
    assert not at.exception
    assert not at.toast
    assert RunSpec.from_address(carried(at)) == spec
    assert "These are the settings of the address." in [c.value for c in at.caption]
    at.run()  # and is still so when run again
    assert RunSpec.from_address(carried(at)) == spec


def test_the_button_gives_a_link_with_what_was_chosen_and_no_run() -> None:
    at = linked()
    run = stored_run(at.session_state["visitor"])
    try:
        at.query_params["run"] = run
        at.run()
        at.selectbox(key="train-model").select("lstm")
        unfolded(at)
        at.number_input(key="train-seed").set_value(7).run()
        assert_well(at)
        spec = RunSpec.from_address(carried(at))
        usual = default_spec(CorpusSpec(name="names"), "lstm", budget=Budget(seconds=60.0))
        assert spec == dataclasses.replace(usual, seed=7)
        assert run not in link(at)
    finally:
        forget(session._manager().store, run)


def test_the_usual_settings_have_a_link_that_says_all_of_them() -> None:
    spec = RunSpec.from_address(carried(linked()))
    assert spec == default_spec(CorpusSpec(name="names"), "transformer")
    chosen = dataclasses.replace(default_spec(CorpusSpec(name="speeches"), "lstm"), seed=0)
    at = linked(spec=chosen.to_address())
    assert at.selectbox(key="train-model").value == "lstm"
    assert at.selectbox(key="train-text").value == "speeches"
    assert RunSpec.from_address(carried(at)) == chosen


def test_settings_that_do_not_go_together_have_no_link() -> None:
    at = unfolded(linked())
    at.number_input(key="train-m-names-transformer-char-n_head").set_value(3).run()
    (button,) = [b for b in at.get("popover") if b.proto.popover.label.startswith("Link")]
    assert button.proto.popover.disabled
    assert not [code for code in at.code if code.value.startswith(PAGE)]


def test_a_form_filled_in_by_hand_is_that_of_its_link() -> None:
    at = linked()
    assert "spec" not in at.query_params
    at.selectbox(key="train-model").select("lstm").run()
    assert "spec" not in at.query_params  # the line of choices has parameters of its own
    unfolded(at).number_input(key="train-t-names-lstm-char-lr").set_value(0.0123).run()
    at.number_input(key="train-seed").set_value(7).run()
    at.number_input(key="train-m-names-lstm-char-n_hidden").set_value(77).run()
    assert_well(at)
    spec = carried(at)
    assert at.query_params["spec"] in (spec, [spec])
    other = linked(spec=spec)
    assert_well(other)
    values = {w.key.replace("-1", ""): w.value for w in other.number_input}
    given = {w.key: w.value for w in at.number_input}
    assert {k: v for k, v in values.items() if k in given} == given
    assert (given["train-seed"], given["train-t-names-lstm-char-lr"]) == (7, 0.0123)
    (more,) = [e for e in other.expander if e.label == "More settings"]
    assert more.proto.expanded


def test_a_link_of_before_said_the_text_and_the_model_apart() -> None:
    said = '{"model":{"name":"lstm","n_hidden":77},"budget":{"seconds":60.0},"seed":7}'
    at = linked(text="speeches", spec=said, **{"train-model": "LSTM"})
    assert_well(at)
    spec = RunSpec.from_address(carried(at))
    assert (spec.data.name, spec.model.n_hidden, spec.seed) == ("speeches", 77, 7)


def test_a_text_of_ones_own_comes_with_its_link_and_is_told_where_it_is_gone() -> None:
    corpus = own_corpus("\n".join(f"name{i}" for i in range(60)), title="mine", items=True)
    at = linked()
    sha = session._manager().give_text(corpus, at.session_state["visitor"])
    spec = default_spec(CorpusSpec(name="own", text=sha, items=True), "lstm", seed=3)
    other = linked(spec=spec.to_address())
    assert_well(other)
    assert RunSpec.from_address(carried(other)) == spec
    gone = dataclasses.replace(spec, data=CorpusSpec(name="own", text="ab" * 32, items=True))
    assert_usual(linked(spec=gone.to_address()))


def assert_usual(at: AppTest) -> None:
    """One sentence, and the form as a first visit finds it."""
    assert_well(at)
    said = [one.value for one in (*at.toast, *at.warning)]
    assert len(said) == 1, said
    assert not at.run().toast
    assert "spec" not in at.query_params
    assert not at.button(key="train-start").disabled
    assert RunSpec.from_address(carried(at)) == default_spec(
        CorpusSpec(name="names"), "transformer"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"version": 3},
        {"model": {"name": "rnn-translator"}},  # which learns no list
        {"train": {"lr": 1e999}},
        {"budget": {"tokens": 5000}},  # for which the form has no place
        {"data": {"name": "file", "file": "secret.txt"}},
        {"fault": "no-evil"},
        *most_slow(
            [
                {"version": "2"},
                {"modle": {}},
                {"model": {"name": "lstm", "n_hidden": -5}},
                {"model": {"name": "lstm", "n_hidden": 10**300}},
                {"train": {"nothing": 1}},
                {"train": []},
                {"budget": []},
                {"budget": {"seconds": -1}},
                {"task": {"name": "fill-gap"}},
                {"data": {"name": "spechees"}},
                {"data": "names"},
                {"seed": -1},
                {"seed": "<b>7</b>"},
                {"codec": {"name": ["char"]}},
                {"start": {"origin": "names.pt"}},
            ],
            quick=[],
        ),
    ],
    ids=json.dumps,
)
def test_a_link_that_holds_nonsense_opens_the_usual_form(said: dict) -> None:
    at = linked(spec=json.dumps(said))
    assert [toast.value for toast in at.toast] == [UNREAD]
    assert_usual(at)


@pytest.mark.parametrize(
    "said",
    most_slow(
        ["", "lstm", "[]", "{", "x" * 10_000, '{"seed":' + "9" * 10_000 + "}"],
        quick=["", "[]", "x" * 10_000],
    ),
)
def test_what_is_no_json_opens_the_usual_form(said: str) -> None:
    assert_usual(linked(spec=said))


def test_a_fault_does_not_come_by_a_link() -> None:
    at = linked(spec='{"fault":"no-eval","seed":3}').run()
    assert_well(at)
    assert at.number_input(key="train-seed-1").value == 3
    assert "no-eval" not in link(at)
    assert "no-eval" not in str(at.query_params["spec"])
