"""The lowest bits per character of a class, by an independent sum."""

import math
from pathlib import Path

import pytest

from lm_core.lessons.class_runs import OWN, lowest
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import KEPT, Evaluated

HERE, BEFORE = 7, 6  # servers
FACTS = {"counts": {"validation": {"tokens": 500, "characters": 1000}}}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def run(store: RunStore, owner: str, *losses: float, server: int = HERE, **rest) -> str:
    spec = default_spec(CorpusSpec(name=rest.pop("text", "names")), rest.pop("model", "lstm"))
    made = store.create(owner, "", spec.to_dict(), server=server, **rest)
    store.update(made, facts=FACTS)
    for step, loss in enumerate(losses, 1):
        store.record(made, [Evaluated(step, 10 * step, "validation", loss, 500, True)])
    return made


def test_each_text_has_its_lowest_runs_first(store: RunStore) -> None:
    high, low = run(store, "ada", 3.0, 2.5), run(store, "bob", 3.0, 2.0, model="transformer")
    run(store, "ada", 1.0, server=BEFORE)  # of another day
    run(store, "ada")  # nothing yet
    run(store, "ada", 2.6)  # her second best of this family
    run(store, "ada", 0.1, kind="doctor")
    run(store, "cleo", math.inf)
    store.join(low, "dan", "the same")
    other = run(store, "dan", 1.0, text="speeches")
    found = lowest(store, HERE)
    assert [one.run for one in found] == [other, low, high]
    assert [one.owner for one in found] == ["dan", "bob", "ada"]
    assert [one.bits for one in found] == pytest.approx([n / math.log(2) / 2 for n in (1, 2, 2.5)])
    assert found[1].family == "Transformer"
    assert [one.run for one in lowest(store, HERE, most=1)] == [other, low]


def test_what_is_kept_counts_though_it_is_of_an_earlier_step(store: RunStore) -> None:
    made = run(store, "ada", 3.0, 2.0, 4.0)
    store.record(made, [Evaluated(2, 20, KEPT, 2.2, 900, True)])
    (found,) = lowest(store, HERE)
    assert (found.step, found.bits) == (2, pytest.approx(2.2 / math.log(2) / 2))


def test_nobodys_own_text_is_named(store: RunStore) -> None:
    spec = RunSpec(data=CorpusSpec(name="own", text="0" * 64)).to_dict()
    made = store.create("ada", "my diary", spec, server=HERE)
    store.record(made, [Evaluated(1, 1, "validation", 1.0, 1, True)])
    assert [one.text for one in lowest(store, HERE)] == [OWN]
