"""A new family and a new corpus are one file each and nothing else: toys that are registered here
are found by the command line, on the screens, by the contract test and by the doctor."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lm_core.cli import main
from lm_core.corpora.load import load_corpus
from lm_core.doctor.plan import Plan
from lm_core.doctor.steps import examine
from lm_core.training.events import Found
from tests.doctor.patients import Machine, patient
from tests.models import test_contract as contract
from tests.toys.tenants import CORPUS, FAMILY, registered
from tests.waiting import PATIENCE

APP = Path(__file__).parents[1] / "app.py"


@pytest.fixture(autouse=True)
def here() -> Iterator[None]:
    with registered():
        yield
    st.cache_data.clear()  # screens keep what they know of the families


def said(capsys: pytest.CaptureFixture[str], *args: object) -> dict:
    assert main([*map(str, args), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command_line_trains_scores_and_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "model"
    args = ("--corpus", CORPUS, "--model", FAMILY, "--steps", 3, "--out", model)
    assert said(capsys, "train", *args, "--set", "model.n_embd=4")["steps"] == 3
    assert said(capsys, "evaluate", model)["tokens"] > 0
    assert len(said(capsys, "generate", model, "--samples", 2)["texts"]) == 2
    assert FAMILY in json.dumps(said(capsys, "models"))
    assert CORPUS in json.dumps(said(capsys, "corpora"))


def test_it_keeps_the_contract() -> None:
    contract.test_an_untrained_model_says_every_token_alike(FAMILY, 27, 0)
    contract.test_logits_have_a_row_for_each_token(FAMILY)


@pytest.mark.slow
def test_the_doctor_examines_it() -> None:
    machine = Machine(0.01, each_look=0.01)
    events = list(examine(machine.runs(patient(FAMILY)), Plan(seconds=12.0), clock=machine.clock))
    parts = {event.part for event in events if isinstance(event, Found)}
    assert parts == {"texts", "init", "overfit", "lr", "grid", "inside"}


def test_the_corpus_is_split() -> None:
    splits = load_corpus(CORPUS).splits
    assert {name: len(items) for name, items in splits.items()}["validation"] == 60


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_file(APP, default_timeout=PATIENCE)


def test_train_offers_both(at: AppTest) -> None:
    at.session_state["train-more"] = True  # the settings are drawn when they are open
    at.switch_page("pages/train.py").run()
    at.selectbox(key="train-model").select(FAMILY).run()
    assert not at.exception
    assert [w.label for w in at.number_input if w.key.endswith("n_embd")] == ["Width"]
    texts = next(box for box in at.selectbox if "Toy words" in box.options)
    texts.select(CORPUS).run()
    assert not at.exception
    assert not at.button(key="train-start").disabled


def test_architectures_shows_it(at: AppTest) -> None:
    at.switch_page("pages/architectures.py").run()
    assert not at.exception
    assert any("Toy pair" in str(table.value.to_dict()) for table in at.dataframe)


def test_a_screen_is_one_file_and_one_line(tmp_path: Path) -> None:
    """Beside app.py as it stands: what holds for all screens holds for this one."""
    root = APP.parent
    (tmp_path / "pages").mkdir()
    for path in (root / "pages").glob("*.py"):
        shutil.copy(path, tmp_path / "pages")
    shutil.copy(root / "tests" / "toys" / "screen.py", tmp_path / "pages" / "toy_screen.py")
    first, *rest = APP.read_text(encoding="utf-8").partition('"Start": [\n')
    line = 'screens.page("pages/toy_screen.py", title="Toy screen"),\n'
    (tmp_path / "app.py").write_text("".join([first, rest[0], line, rest[1]]), encoding="utf-8")
    at = AppTest.from_file(tmp_path / "app.py", default_timeout=PATIENCE).run()
    at.query_params["toy_screen-times"] = "7"
    at.switch_page("pages/toy_screen.py").run()
    assert not at.exception
    assert at.slider(key="toy_screen-times").value == 7
    at.slider(key="toy_screen-times").set_value(5).run()
    assert not at.exception
    assert [table.value["toys"].tolist() for table in at.dataframe] == [[1.0, 5.0]]
