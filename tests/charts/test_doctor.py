"""The doctor's pictures: they hold what was found, say it in words, and stand up to little data."""

import math

import pytest

from lm_core.charts import doctor

CELL = {"lr": 0.01, "weight_decay": 0.1, "validation_nats": 2.5, "train_nats": 2.4, "run": "a"}


def grid(*cells: dict) -> dict:
    sound = [c for c in cells if c["validation_nats"] is not None]
    best = min(sound, key=lambda c: c["validation_nats"], default=None)
    return {"lrs": [0.01, 0.03], "decays": [0.0, 0.1], "cells": list(cells), "best": best}


def test_a_histogram_says_where_most_numbers_are() -> None:
    chart = doctor.histogram([-1.0, 0.0, 1.0], [3, 7], title="Logits", unit="logit")
    assert list(chart.table["count"]) == [3, 7]
    assert "10 numbers from -1 to 1, most of them between 0 and 1" in chart.alt
    assert chart.figure.to_dict()["title"] == "Logits"


def test_a_falling_curve_has_its_floor() -> None:
    chart = doctor.falling([0, 5], [3.3, 0.4], 0.28, title="Loss", unit="nats per token")
    assert "from 3.30 to 0.40 nats per token in 5 steps" in chart.alt
    assert "passes below 0.28" in chart.alt


def test_the_range_test_marks_what_it_suggests_and_leaves_out_what_is_no_number() -> None:
    chart = doctor.rates([0.001, 0.01, 0.1], [3.0, 2.0, math.nan], 0.005, unit="nats")
    assert len(chart.table) == 2
    assert "lowest, 2.00 nats, at a rate of 0.01. Suggested: 0.005." in chart.alt


def test_the_range_test_ends_below_a_loss_that_exploded_and_says_so() -> None:
    chart = doctor.rates([0.001, 0.01, 0.1], [3.0, 2.0, 70.0], None, unit="nats")
    curve = chart.figure.to_dict()["layer"][0]
    assert curve["mark"]["clip"]
    assert curve["encoding"]["y"]["scale"]["domain"] == [2, 4.6]
    assert list(chart.table["nats"]) == [3, 2, 70]
    assert chart.beyond == (
        "1 value lies above the picture, up to 70 (a rate of 0.1): see the arrows on top."
    )


def test_one_step_is_a_point_on_ten_steps() -> None:
    falling = doctor.falling([0], [3.3], 0.3, title="Loss", unit="nats").figure.to_dict()["layer"][
        0
    ]
    run = {"lr": 0.1, "steps": [1], "nats": [3.0]}
    sweep = doctor.sweep([run], unit="nats").figure.to_dict()["layer"][0]
    for line, ends in ((falling, [0, 10]), (sweep, [1, 11])):
        assert line["mark"]["point"]
        assert line["encoding"]["x"]["scale"]["domain"] == ends


def test_a_sweep_names_the_best_rate_by_its_end() -> None:
    runs = [
        {"lr": 0.1, "steps": [1, 2], "nats": [3.0, 2.9]},
        {"lr": 0.01, "steps": [1, 2], "nats": [3.0, 2.1]},
    ]
    assert "best at the end 0.01, with 2.10" in doctor.sweep(runs, unit="nats").alt


def test_the_grid_shows_each_cell_and_what_diverged() -> None:
    chart = doctor.grid(grid(CELL, CELL | {"lr": 0.03, "validation_nats": None}), unit="nats")
    assert list(chart.table["lr"]) == [0.01, 0.03]
    assert list(chart.table.columns) == doctor.COLUMNS
    assert "lowest 2.500 nats, with rate 0.01 and decay 0.1" in chart.alt


def test_a_click_on_a_cell_selects_its_run_and_an_unfinished_grid_is_not_clicked() -> None:
    clicked = doctor.grid(grid(CELL), unit="nats", pointed=True).figure.to_dict()
    assert [(param["name"], param["select"]["fields"]) for param in clicked["params"]] == [
        (doctor.CELL, ["run"])
    ]
    assert "params" not in doctor.grid(grid(CELL), unit="nats").figure.to_dict()


def test_random_points_stand_beside_the_grid_with_their_best() -> None:
    point = CELL | {"lr": 0.02, "validation_nats": 2.25, "run": "b"}
    chart = doctor.beside(grid(CELL) | {"random": [point]}, unit="nats")
    assert list(chart.table["kind"]) == ["grid", "random"]
    assert "lowest 2.500 of the grid points and 2.250 of the random points" in chart.alt


@pytest.mark.parametrize(
    "chart",
    [
        doctor.histogram([0.0, 1.0], [0], title="t", unit="u"),
        doctor.falling([], [], None, title="t", unit="u"),
        doctor.rates([], [], None, unit="u"),
        doctor.sweep([], unit="u"),
        doctor.grid(grid(), unit="u"),
        doctor.beside(grid(), unit="u"),
    ],
)
def test_nothing_found_yet_is_a_picture_too(chart) -> None:
    assert chart.alt
    assert chart.figure.to_dict()["height"] > 0
