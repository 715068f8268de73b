"""More settings folded up: nothing of it is drawn, and it means what it said."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget
from pages._ui.shared.filling import MORE
from tests.pages.conftest import APP
from tests.waiting import PATIENCE

SEED, LAYERS = "train-seed", "train-m-names-transformer-char-n_layer"
MINUTE = Budget(seconds=60.0)


def opened() -> AppTest:
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    return at.switch_page("pages/train.py").run()


def fold(at: AppTest, *, up: bool = True) -> AppTest:
    at.session_state[MORE] = not up
    at.run()
    assert not at.exception
    assert not at.error
    return at


def inside(at: AppTest) -> dict[str, object]:
    """The numbers under More settings, whatever filled them in."""
    kept = {w.key.rpartition("-")[2] if "names" in w.key else w.key: w.value for w in numbers(at)}
    return {key.removesuffix("-1").removesuffix("-2"): value for key, value in kept.items()}


def numbers(at: AppTest) -> list:
    return [w for w in at.number_input if w.key.startswith("train-")]


def means(at: AppTest) -> RunSpec:
    """What would be started."""
    carried = at.query_params.get("spec", "")
    carried = carried if isinstance(carried, str) else "".join(carried)
    model, budget = at.selectbox(key="train-model"), at.segmented_control(key="train-budget")
    assert budget.value == "1 min"
    if carried:
        return RunSpec.from_address(carried)
    return default_spec(CorpusSpec(name="names"), model.value, budget=MINUTE)


def test_it_begins_folded_up_and_draws_nothing() -> None:
    at = opened()
    assert not numbers(at)
    assert means(at) == default_spec(CorpusSpec(name="names"), "transformer", budget=MINUTE)
    assert len(numbers(fold(at, up=False))) > 10


def test_what_was_chosen_is_meant_folded_up_and_stands_there_again() -> None:
    at = fold(opened(), up=False)
    at.number_input(key=SEED).set_value(7).run()
    at.number_input(key=LAYERS).set_value(2).run()
    at.number_input(key="train-steps").set_value(500).run()
    chosen, shown = means(at), inside(at)
    assert (chosen.seed, chosen.model.n_layer, chosen.budget.steps) == (7, 2, 500)
    for _ in range(2):
        assert not numbers(fold(at))
        assert means(at) == means(at.run()) == chosen
        fold(at, up=False)
        assert means(at) == means(at.run()) == chosen
        assert inside(at) == shown
    assert not any("These are the settings of" in c.value for c in at.caption)


def test_another_model_has_the_seed_and_the_budget_and_is_else_as_usual() -> None:
    at = fold(opened(), up=False)
    at.number_input(key=SEED).set_value(7).run()
    at.number_input(key=LAYERS).set_value(2).run()
    at.number_input(key="train-steps").set_value(500).run()
    fold(at)
    at.selectbox(key="train-model").select("lstm").run()
    lstm = default_spec(CorpusSpec(name="names"), "lstm", budget=Budget(steps=500), seed=7)
    assert means(at) == lstm
    assert means(fold(at, up=False)) == lstm
    at.selectbox(key="train-model").select("gru").run()
    assert means(at) == replace(
        default_spec(CorpusSpec(name="names"), "gru", budget=Budget(steps=500)), seed=7
    )


def test_what_is_to_be_mended_is_not_folded_away() -> None:
    at = fold(opened(), up=False)
    at.number_input(key="train-m-names-transformer-char-n_head").set_value(3).run()
    assert at.error
    at.session_state[MORE] = False
    at.run()
    assert at.error
    assert at.button(key="train-start").disabled
    at.number_input(key="train-m-names-transformer-char-n_head").set_value(4).run()
    assert not at.error
    assert not numbers(at.run())


def test_whoever_comes_from_another_screen_begins_anew() -> None:
    at = fold(opened(), up=False)
    at.number_input(key=SEED).set_value(7).run()
    fold(at)
    at.switch_page("pages/architectures.py").run()
    at.query_params.clear()
    at.switch_page("pages/train.py").run()
    assert means(at) == default_spec(CorpusSpec(name="names"), "transformer", budget=MINUTE)


STEPS = st.sampled_from(["fold", "unfold", "lstm", "transformer", "seed 3", "seed 0", "again"])


@settings(max_examples=4)  # each opens a screen
@given(st.lists(STEPS, min_size=3, max_size=8))
def test_folding_never_changes_what_is_meant(steps: list[str]) -> None:
    at, seed, model = opened(), 0, "transformer"
    for step in steps:
        if step in ("fold", "unfold"):
            before = means(at)
            assert means(fold(at, up=step == "fold")) == before
        elif step == "again":
            at.run()
        elif step.startswith("seed"):
            fields = [w for w in numbers(at) if w.key.startswith(SEED)]
            for field in fields:
                seed = int(step.split()[1])
                field.set_value(seed).run()
        else:
            model = step
            at.selectbox(key="train-model").select(step).run()
        assert means(at) == default_spec(CorpusSpec(name="names"), model, budget=MINUTE, seed=seed)
