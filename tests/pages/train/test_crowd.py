"""What the form says of a budget while others train, and which it begins with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.shared import session
from pages._ui.shared.filling import MORE
from tests.pages import stored
from tests.pages.stored import stored_run
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture
def crowd() -> Iterator[list[str]]:
    """Twelve others, who take any time."""
    runs = [stored_run(f"somebody {k}", status="running") for k in range(12)]
    yield runs
    stored.forget(session._manager().store, *runs)


def opened(**query: str) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in query.items():
        at.query_params[name] = value
    return at.switch_page("pages/train.py").run()


def said(at: AppTest) -> list[str]:
    assert not at.exception
    return [c.value for c in at.caption if "takes turns with" in c.value]


def budget(at: AppTest) -> str:
    return at.segmented_control(key="train-budget").value


def test_alone_nothing_is_said_of_a_budget() -> None:
    at = opened()
    assert budget(at) == "1 min"
    assert said(at) == []
    assert "train-budget" not in at.query_params


def test_in_a_crowd_the_form_begins_with_what_is_done_in_time(crowd) -> None:
    at = opened()
    assert budget(at) == "10 s"
    assert said(at) == [
        "10 s: done in about 2 min from now, as it takes turns with 12 other runs. "
        "1 min would take about 13 min, 5 min about 65 min."
    ]
    stored.forget(session._manager().store, crowd.pop())
    assert budget(at.run()) == "10 s"  # not changed under somebody's hand
    assert "11 other runs" in said(at)[0]


def test_a_links_settings_mean_the_usual_budget(crowd) -> None:
    assert budget(opened(spec='{"seed":3}')) == "1 min"


def test_what_somebody_chose_stays(crowd) -> None:
    at = opened()
    at.segmented_control(key="train-budget").set_value("5 min").run()
    assert budget(at) == budget(at.run()) == "5 min"
    assert said(at)[0].startswith("5 min: done in about 65 min from now")
    assert budget(opened(**{"train-budget": "1 min"}).run()) == "1 min"


def test_of_minutes_of_ones_own_it_is_said_too_of_steps_and_counts_nothing(crowd) -> None:
    at = opened()
    at.session_state[MORE] = True
    at.run().number_input(key="train-minutes").set_value(2.5).run()
    assert said(at) == [
        "2 min: done in about 32 min from now, as it takes turns with 12 other runs. "
        "10 s would take about 2 min, 1 min about 13 min, 5 min about 65 min."
    ]
    at.number_input(key="train-minutes").set_value(None).run()
    at.number_input(key="train-steps").set_value(500).run()
    assert said(at) == []
    at.number_input(key="train-steps").set_value(None).run()
    assert len(said(at)) == 1
    at.selectbox(key="train-model").select("ngram").run()
    assert said(at) == []
