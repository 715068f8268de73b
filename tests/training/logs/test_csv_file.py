"""The curve as a table: a row a step, every number as it was."""

import csv
import math

import pandas as pd
import pytest

from lm_core.training.events import KEPT_AS, Evaluated, Step
from lm_core.training.logs.csv_file import COLUMNS, read_csv, write_csv
from tests.training.logs.shown import EVENTS


def test_a_row_a_step_with_its_evaluations(logged) -> None:
    rows = read_csv((logged("csv") / "log.csv").read_text())
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert rows[0]["nats"] == math.log(27)
    assert rows[0]["lr"] == 0.1 + 0.2
    assert rows[0]["validation_nats"] is None
    assert rows[1]["nats"] == rows[1]["grad_norm"] == rows[1]["validation_nats"] == math.inf
    assert math.isnan(rows[2]["nats"])
    assert (rows[2]["validation_nats"], rows[2]["validation_tokens"]) == (2.625, 5000)
    assert (rows[2]["train_nats"], rows[2]["train_tokens"]) == (2.5, 50)
    assert rows[2]["test_nats"] is None


def test_every_column_is_documented_and_holds_what_it_says() -> None:
    assert all(len(said) > 10 for said in COLUMNS.values())
    (row,) = read_csv(write_csv([EVENTS[0]]))
    step = {KEPT_AS[Step].get(k, k): v for k, v in vars(EVENTS[0]).items()}
    assert {k: row[k] for k in step} == step
    assert {k for k in COLUMNS if row[k] is None} == set(COLUMNS) - set(step)


def test_other_programs_read_it(logged) -> None:
    path = logged("csv") / "log.csv"
    table = pd.read_csv(path)
    assert table["nats"].tolist()[:2] == [math.log(27), math.inf]
    assert table["validation_tokens"].isna().tolist() == [True, False, False]
    with path.open(newline="") as file:
        assert len(list(csv.reader(file))) == 4


def test_a_step_is_there_as_soon_as_the_next_has_begun(tmp_path) -> None:
    from lm_core.training.logs import Logs

    with Logs(["csv"], tmp_path, spec={}, name="x") as log:
        log(EVENTS[0])
        assert read_csv((tmp_path / "log.csv").read_text()) == []
        log(EVENTS[1])
        assert [r["step"] for r in read_csv((tmp_path / "log.csv").read_text())] == [1]


def test_a_new_run_replaces_and_a_resumed_one_goes_on(logged) -> None:
    logged("csv")
    more = [Step(3, 192, 0.4, 1.0), Evaluated(3, 192, "validation", 1.5, 10, True)]
    path = logged("csv", events=more, after=2) / "log.csv"
    rows = read_csv(path.read_text())
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert rows[1]["validation_nats"] == math.inf
    assert rows[2]["nats"] == 1.0
    logged("csv", events=more)
    assert len(read_csv(path.read_text())) == 1


def test_an_evaluation_after_resuming_joins_the_row_that_is_there(logged) -> None:
    logged("csv")
    late = [Evaluated(2, 128, "test", 1.25, 10, True)]
    rows = read_csv((logged("csv", events=late, after=2) / "log.csv").read_text())
    assert [row["step"] for row in rows] == [1, 2]
    assert rows[1]["tokens"] == 128
    assert rows[1]["test_nats"] == 1.25


@pytest.mark.parametrize("split", ["validation", "train", "test"])
def test_every_split_has_its_columns(split: str) -> None:
    (row,) = read_csv(write_csv([Evaluated(5, 1, split, 1.5, 7, True)]))
    assert row == dict.fromkeys(COLUMNS) | {
        "step": 5,
        f"{split}_nats": 1.5,
        f"{split}_tokens": 7,
    }
