"""The doctor's job: what it keeps, its cells as children, stop, and bad options."""

from dataclasses import replace
from pathlib import Path

import pytest

from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Diagnosed, Evaluated, Found, Step
from tests.doctor.patients import Machine, takes_the_time_of
from tests.working import worked

SPEC = default_spec(CorpusSpec(name="names"), "mlp")
SMALL = replace(SPEC, model=replace(SPEC.model, n_hidden=32, dropout=0.0))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunStore, str]:
    """A whole job, in the time of a machine that takes a hundredth of a second for each step."""
    store = RunStore(tmp_path_factory.mktemp("home"))
    run = store.create("ada", "MLP", SMALL.to_dict(), kind="doctor", options={"seconds": 8.0})
    with pytest.MonkeyPatch.context() as patch:
        takes_the_time_of(Machine(0.01), patch)
        worked(store, run)
    return store, run


def test_all_steps_are_kept_with_their_verdicts(done: tuple[RunStore, str]) -> None:
    store, run = done
    assert store.get(run).status == "finished"
    found = {row["part"]: row for row in store.since(Found, run)}
    assert list(found) == ["texts", "init", "overfit", "lr", "grid", "inside"]
    assert [row["step"] for row in found.values()] == [0, 1, 2, 3, 4, 5]
    assert all(row["data"]["done"] for part, row in found.items() if part not in ("texts", "init"))
    assert {row["step"] for row in store.since(Diagnosed, run)} == {0, 1, 2, 3, 4, 5}
    alarms = [r for r in store.since(Diagnosed, run) if r["severity"] == "alarm"]
    assert not [r for r in alarms if r["step"] == 1]


def test_every_cell_is_a_run_that_can_be_opened(done: tuple[RunStore, str]) -> None:
    store, run = done
    grid = store.since(Found, run)[4]["data"]
    children = {child.id: child for child in store.children_of(run)}
    cells = grid["cells"] + grid["random"]
    assert {cell["run"] for cell in cells} <= set(children)
    for cell in cells:
        child = children[cell["run"]]
        assert (child.owner, child.status) == ("ada", "finished")
        assert child.spec["train"]["lr"] == pytest.approx(cell["lr"])
        assert store.last(Step, child.id)["step"] == grid["steps"]
        assert store.last(Evaluated, child.id)["nats"] == pytest.approx(cell["validation_nats"])
    assert run in [row.id for row in store.runs_of("ada")]
    assert not set(children) & {row.id for row in store.runs_of("ada")}


def test_a_request_to_stop_ends_it_between_two_steps(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.create("ada", "MLP", SMALL.to_dict(), kind="doctor", options={})
    store.update(run, requested="stop")
    assert worked(store, run) == "stopped"
    assert store.since(Found, run) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"seconds": 0}, "seconds must be from"),
        ({"steps": ["colour"]}, "Unknown step 'colour'"),
        ({"lrs": [0.0]}, "0"),
        ({"lrs": [float("nan")]}, "lrs must be numbers"),
        ({"lrs": [1e9]}, "1e"),
        ({"lrs": []}, "at least one"),
        (
            {"lrs": [0.001 * k for k in range(1, 101)], "decays": [0.01 * k for k in range(100)]},
            "10",
        ),
    ],
)
def test_bad_options_end_it_with_a_sentence(options: dict, says: str, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.create("ada", "MLP", SMALL.to_dict(), kind="doctor", options=options)
    assert worked(store, run) == "failed"
    message = store.get(run).message
    assert says in message
    assert message.endswith((".", "?"))
