from lm_core.bench.turn_cost import turn_cost
from lm_core.runs.worker import JOBS


def test_the_cost_of_turns_is_measured_on_runs_that_end() -> None:
    (row,) = turn_cost(runs=2, steps=5, rounds=1)
    assert (row.name, row.unit, row.higher_is_better) == ("class_slice_cost", "%", False)
    assert row.value > -100  # two times that were both taken
    assert (row.settings["runs"], row.settings["steps"]) == (2, 5)
    assert not JOBS
