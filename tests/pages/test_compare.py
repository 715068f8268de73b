"""Compare: a race that ships is drawn at once; one's own is started, watched, stopped, deleted."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.models import models
from lm_core.runs.finish import FACT
from lm_core.runs.race import Race
from lm_core.runs.race_file import FIGURES, RaceFile
from lm_core.runs.race_table import order, ranked
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget
from pages._ui.compare import shown as module
from pages._ui.compare.form import USUAL
from pages._ui.compare.shown import of_runs, ready
from pages._ui.shared import session
from tests.pages.stored import FACTS, forget, stored_run
from tests.waiting import PATIENCE, rerun_until

APP = Path(__file__).parents[2] / "app.py"
RACE = Race(CorpusSpec(name="names"), ("ngram", "gru"), Budget(seconds=10), 2)
FIGURED = dict.fromkeys(FIGURES, 2.0) | {"parameters": 1000, "sample": "anna\nbea"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def compare() -> AppTest:
    return AppTest.from_file(APP, default_timeout=PATIENCE).switch_page("pages/compare.py")


def well(at: AppTest) -> AppTest:
    assert not at.exception
    assert not at.error
    return at


def titles(at: AppTest) -> list[str]:
    return [json.loads(c.proto.spec)["title"] for c in at.get("vega_lite_chart")]


def says(at: AppTest, words: str) -> bool:
    return any(words in c.value for c in [*at.caption, *at.markdown])


def table_of(at: AppTest):
    """The table of families; data under the chart are in another."""
    (found,) = (one.value for one in at.dataframe if "Family" in one.value)
    return found


def raced(at: AppTest, *ends: float, status: str = "finished") -> tuple[str, list[str]]:
    """A race of the visitor whose runs end at these losses; its id, and theirs."""
    owner, runs = at.session_state["visitor"], []
    id = session._manager().store.races.create(owner, "Mine", RACE.to_dict())
    for entrant, nats in zip(RACE.entrants(), ends, strict=False):
        figures = FIGURED | {"validation_nats": nats}
        facts = FACTS | {"baselines": {"chance": 2.9}}
        facts |= {FACT: figures} if status == "finished" else {}
        one = stored_run(
            owner, entrant.spec, ends=nats, steps=60, status=status, race=id, facts=facts
        )
        runs.append(one)
    return id, runs


def test_a_race_that_ships_is_drawn_before_anything_is_touched(compare: AppTest) -> None:
    well(compare.run())
    assert titles(compare) == ["The race: loss on validation text"]
    file = next(one for one in ready() if one.race.data.name == "names")
    assert says(compare, order(ranked(file.results)).split(".")[0])
    table = table_of(compare)
    assert set(table["Family"]) == {models[name].title for name in file.race.models}
    assert table["Validation"].is_monotonic_increasing
    assert compare.code[0].value == file.command
    assert compare.button(key="compare-start").disabled is False


def test_every_shipped_race_is_whole_and_was_run_by_the_command_it_names() -> None:
    assert ready()
    for file in ready():
        told = [(one.model, one.seed) for one in file.results]
        assert told == [(one.model, one.seed) for one in file.race.entrants()]
        assert "python -m lm_core race" in file.command
        assert file.race.data.name in file.command
        for one in file.results:
            assert one.curve
            assert all(one.figure(name) is not None for name in FIGURES if name != "sample")
            assert one.figures["sample"].strip()


def test_the_picture_can_be_had_over_tokens_in_perplexity_and_by_factors(compare: AppTest) -> None:
    compare.run()
    compare.segmented_control(key="compare-ready-axis").set_value("tokens").run()
    compare.segmented_control(key="compare-ready-unit").set_value("perplexity").run()
    well(compare.toggle(key="compare-ready-log").set_value(True).run())
    spec = compare.get("vega_lite_chart")[0].proto.spec
    assert "tokens read" in spec
    assert "perplexity per character" in spec
    assert says(compare, "in perplexity per character")


def test_nothing_ships_and_the_screen_says_what_comes(compare: AppTest, monkeypatch) -> None:
    monkeypatch.setattr(module, "READY", Path("/nowhere"))
    well(compare.run())
    assert "Press Start" in compare.info[0].value
    assert titles(compare) == []


def test_a_shipped_file_that_is_damaged_is_as_good_as_absent(
    compare: AppTest, monkeypatch, tmp_path
) -> None:
    shutil.copytree(module.READY, tmp_path / "races")
    (tmp_path / "races" / "a.json").write_text("{")
    monkeypatch.setattr(module, "READY", tmp_path / "races")
    well(compare.run())
    assert len(ready()) == len(list((tmp_path / "races").glob("*.json"))) - 1


def test_nobody_races_is_said_beside_start(compare: AppTest) -> None:
    compare.run()
    assert compare.pills(key="compare-families").value == list(USUAL)
    well(compare.pills(key="compare-families").set_value([]).run())
    assert says(compare, "Start waits: Nobody races: choose at least one family.")
    assert compare.button(key="compare-start").disabled


def test_networks_of_one_size_are_asked_for_in_the_form(compare: AppTest, monkeypatch) -> None:
    asked = []
    compare.run()
    compare.pills(key="compare-families").set_value(["bigram", "lstm"]).run()
    well(compare.number_input(key="compare-parameters").set_value(20_000).run())
    from lm_core.runs.manager import RunManager

    monkeypatch.setattr(RunManager, "race", lambda self, race, *rest, **more: asked.append(race))
    compare.button(key="compare-start").click().run()
    (race,) = asked
    assert race.parameters == 20_000
    widths = {one.model: one.spec.model.difference() for one in race.entrants()}
    assert widths["lstm"]["n_hidden"] != 256


def test_a_race_is_started_measured_and_found_again(compare: AppTest) -> None:
    """Of what counts, which is done at once."""
    compare.run()
    compare.pills(key="compare-families").set_value(["bigram", "ngram"]).run()
    well(compare.button(key="compare-start").click().run())
    id = compare.query_params["race"]
    rerun_until(compare, lambda: says(compare, "All runs are done."))
    well(compare)
    table = table_of(compare)
    assert list(table["Family"]) == ["N-gram", "Bigram"]
    assert says(compare, "From the lowest validation loss up: N-gram")
    assert says(compare, "landed inside its spread")  # of what ships
    store, owner = session._manager().store, compare.session_state["visitor"]
    kept = of_runs(store, RACE, store.runs_in(id if isinstance(id, str) else id[0], owner))
    figures = [one.figures["validation_nats"] for one in ranked(kept.results)[0].results]
    assert table["Validation"][0] == pytest.approx(figures[0], abs=1e-3)
    compare.button(key="compare-close").click().run()
    assert "race" not in compare.query_params
    assert says(compare, "A race that ships with the lab")


def test_a_race_that_goes_on_says_where_each_is_and_can_be_stopped(compare: AppTest) -> None:
    compare.run()
    id, runs = raced(compare, 2.5, 2.2, 2.1, status="running")
    compare.query_params["race"] = id
    well(compare.run())
    assert says(compare, "0 of 3 runs are done.")
    assert list(table_of(compare)["State"]) == [
        "0 of 1 done, learns",
        "0 of 2 done, learns",
    ]
    assert says(compare, "Nobody has reached the finish yet.")
    well(compare.button(key="compare-stop").click().run())
    store = session._manager().store
    assert {store.get(run).requested for run in runs} == {"stop"}
    forget(store, *runs)


def test_seeds_that_overlap_are_no_order_and_a_run_can_be_opened(compare: AppTest) -> None:
    compare.run()
    id, runs = raced(compare, 2.15, 2.2, 2.1)
    compare.query_params["race"] = id
    well(compare.run())
    assert says(compare, "N-gram (2.150) and GRU (2.150)")
    assert says(compare, "cannot be told apart")
    compare.session_state["compare-runs"] = True
    well(compare.run())
    links = [link.proto.query_string for link in compare.get("page_link")]
    assert all(any(run in link for link in links) for run in runs)
    assert says(compare, "chance") is False
    spec = compare.get("vega_lite_chart")[0]
    assert spec.proto.data.data  # drawn from the record
    well(compare.button(key=f"compare-delete-{id}").click().run())
    assert session._manager().store.races.of(compare.session_state["visitor"]) == []
    assert says(compare, "A race that ships with the lab")


def test_a_race_of_another_is_not_here(compare: AppTest) -> None:
    compare.run()
    id = session._manager().store.races.create("somebody-else", "Theirs", RACE.to_dict())
    compare.query_params["race"] = id
    compare.run()
    assert not compare.exception
    assert "This race is not here" in compare.error[0].value
    assert says(compare, "A race that ships with the lab")
    assert not says(compare, "Theirs")


def test_runs_of_races_are_not_among_those_of_train(compare: AppTest) -> None:
    compare.run()
    raced(compare, 2.5, 2.2, 2.1)
    compare.switch_page("pages/train.py").run()
    well(compare)
    assert says(compare, "None yet. Each run you start is kept here")


@pytest.mark.parametrize("seeds", [1, 2])
def test_an_address_says_what_is_chosen(compare: AppTest, seeds: int) -> None:
    compare.query_params["compare-budget"] = "1 min"
    compare.query_params["compare-seeds"] = str(seeds)
    compare.query_params["compare-families"] = ["LSTM", "GRU"]
    well(compare.run())
    assert compare.segmented_control(key="compare-budget").value == "1 min"
    assert compare.segmented_control(key="compare-seeds").value == seeds
    assert set(compare.pills(key="compare-families").value) == {"lstm", "gru"}


def test_a_file_says_all_that_a_race_of_the_record_says() -> None:
    file = RaceFile(replace(RACE), "nats per character", {})
    assert module.of_file(file).results == ()
    assert not module.of_file(file).active
