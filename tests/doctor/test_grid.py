import csv
import io
import json
import math
from dataclasses import replace
from itertools import product

import pytest
import torch
from torch.nn import functional as F

from lm_core.doctor.grid import (
    MOST_CELLS,
    Cell,
    Child,
    Grid,
    around,
    check,
    random_points,
    search,
    train_cell,
)
from lm_core.errors import BadSettings
from lm_core.models.contract import IGNORED
from lm_core.tasks.token_batches import TokenBatches
from lm_core.training.events import Evaluated, Step
from lm_core.training.schedules import lr_factor
from lm_core.windows import cut, gather
from tests.doctor.patients import ITEMS, last, patient

LRS, DECAYS = (1e-3, 1e-2), (0.0, 0.5)


def held_out(model: torch.nn.Module, split: str, size: int) -> float:
    """Nats per token of a split of items that are no longer than a row."""
    encoded = ITEMS[split]
    idx, targets = gather(encoded.ids, cut(encoded, size))
    with torch.no_grad():
        logits = model.eval()(idx)[0].flatten(0, 1)
    flat = targets.flatten()
    total = F.cross_entropy(logits, flat, ignore_index=IGNORED, reduction="sum")
    return float(total) / int((flat != IGNORED).sum())


def test_a_cell_is_a_plain_loop_judged_by_held_out_text() -> None:
    who = patient("mlp", init="kaiming", train={"schedule": "linear", "warmup": 0.2})
    _, cell = last(train_cell(who, Cell(2e-3, 0.5), steps=20))

    model = who.fresh().train()
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.5}, {"params": vectors, "weight_decay": 0.0}],
        betas=(0.9, 0.95),
    )
    batches = TokenBatches.of(ITEMS["train"], batch_size=8, size=who.row, seed=0, along=False)
    for step in range(20):
        batch = batches.at(step)
        logits = model(batch.idx)[0].flatten(0, 1)
        total = F.cross_entropy(
            logits, batch.targets.flatten(), ignore_index=IGNORED, reduction="sum"
        )
        (total / (batch.targets != IGNORED).sum()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), who.train.grad_clip)
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * lr_factor("linear", 0.2, step / 20)
        optimizer.step()
        optimizer.zero_grad()

    assert cell.validation_nats == pytest.approx(held_out(model, "validation", who.row), rel=1e-4)
    assert cell.train_nats == pytest.approx(held_out(model, "train", who.row), rel=1e-4)
    assert (cell.steps, cell.run, cell.kind) == (20, "", "grid")


def test_every_cell_begins_from_the_same_fresh_model() -> None:
    who = patient("mlp", dropout=0.2)
    _, found = last(search(who, lrs=LRS, decays=DECAYS, steps=8))
    cells = [Cell(lr, decay) for lr, decay in product(LRS, DECAYS)]
    alone = [last(train_cell(who, cell, steps=8))[1] for cell in cells]
    assert list(found.cells) == alone
    assert len({cell.validation_nats for cell in alone}) == 4


def test_cells_fill_in_one_by_one() -> None:
    seen, found = last(search(patient("mlp"), lrs=LRS, decays=DECAYS, random=2, steps=5))
    assert {} in seen  # something else may be done while a cell trains
    seen = [data for data in seen if data]
    counts = [(len(data["cells"]), len(data["random"])) for data in seen]
    assert counts == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (4, 1), (4, 2), (4, 2)]
    assert [data["done"] for data in seen] == [False] * 7 + [True]
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen
    assert seen[-1] == found.data()
    assert {"lrs", "decays", "cells", "random", "best"} <= set(seen[-1])
    assert set(seen[-1]["cells"][0]) == {
        "lr",
        "weight_decay",
        "validation_nats",
        "train_nats",
        "steps",
        "run",
    }
    best = min(found.cells + found.random, key=lambda cell: cell.validation_nats)
    assert seen[-1]["best"] == best.data()


def test_a_cell_that_diverges_is_empty_and_the_others_go_on() -> None:
    who = patient("rnn", train={"grad_clip": 0.0, "weight_decay": 0.0})
    seen, found = last(search(who, lrs=(1e-3, 10.0), decays=(10.0,), steps=30))
    fine, gone = found.cells
    assert math.isfinite(fine.validation_nats)
    assert gone.validation_nats is None
    assert gone.train_nats is None
    assert gone.steps < 30
    assert found.best == fine
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen


class Kept(Child):
    def __init__(self, number: int) -> None:
        self.run, self.events, self.status = f"run{number}", [], ""

    def record(self, event: object) -> None:
        self.events.append(event)

    def end(self, status: str) -> None:
        self.status = status


def test_each_cell_may_be_kept_as_a_run() -> None:
    kept = []

    def opens(train, budget):
        assert budget.steps == 6
        assert (train.lr, train.weight_decay) == (LRS[len(kept)], 0.0)
        kept.append(Kept(len(kept)))
        return kept[-1]

    _, found = last(search(patient("mlp"), lrs=LRS, decays=(0.0,), steps=6, opens=opens))
    assert [cell.run for cell in found.cells] == ["run0", "run1"]
    for child in kept:
        assert child.status == "finished"
        assert [e.step for e in child.events if isinstance(e, Step)] == [1, 2, 3, 4, 5, 6]
        assert [e.step for e in child.events if isinstance(e, Evaluated)] == [2, 4, 6]
    last_seen = [e.loss for e in kept[0].events if isinstance(e, Evaluated)][-1]
    assert last_seen == found.cells[0].validation_nats


def test_a_stop_ends_it_between_two_steps() -> None:
    kept = []

    def opens(train, budget):
        kept.append(Kept(len(kept)))
        return kept[-1]

    asked = iter([False] * 14)
    stop = lambda: next(asked, True)  # noqa: E731
    _, found = last(
        search(patient("mlp"), lrs=LRS, decays=DECAYS, steps=10, stop=stop, opens=opens)
    )
    assert found.done
    assert len(found.cells) == 1
    assert [child.status for child in kept] == ["finished", "stopped"]


def test_random_points_are_spread_over_the_logarithm_and_seeded() -> None:
    points = list(random_points(2000, 3, lrs=(1e-3, 1e-2)))
    lrs, decays = zip(*points, strict=True)
    assert 1e-3 / 3 <= min(lrs) < max(lrs) <= 3e-2
    assert 1e-3 <= min(decays) < max(decays) <= 1.0
    middle = math.sqrt(1e-3 / 3 * 3e-2)
    assert 0.45 < sum(lr < middle for lr in lrs) / 2000 < 0.55
    assert points[:50] == list(random_points(50, 3, lrs=(1e-3, 1e-2)))
    assert points[:50] != list(random_points(50, 4, lrs=(1e-3, 1e-2)))
    assert list(random_points(0, 3, lrs=(1e-3,))) == []


def test_the_table_has_a_line_for_each_cell() -> None:
    cells = (Cell(1e-3, 0.0, 2.5, 2.4, 10, "a"), Cell(1e-2, 0.0, None, None, 3, "b"))
    grid = Grid((1e-3, 1e-2), (0.0,), 10, cells, (Cell(2e-3, 0.1, 2.4, 2.3, 10, "", "random"),))
    rows = list(csv.DictReader(io.StringIO(grid.csv())))
    assert [row["kind"] for row in rows] == ["grid", "grid", "random"]
    assert [float(row["lr"]) for row in rows] == [1e-3, 1e-2, 2e-3]
    assert [row["validation_nats"] for row in rows] == ["2.5", "", "2.4"]
    assert rows[0]["run"] == "a"


def test_verdicts() -> None:
    def grid(*nats: float | None, lrs=(0.1, 0.2, 0.4)) -> Grid:
        return Grid(lrs, (0.0,), 10, tuple(map(lambda lr, n: Cell(lr, 0.0, n), lrs, nats)))

    middle = grid(2.5, 2.2, 2.6).verdict()
    assert (middle.code, middle.severity) == ("grid_ok", "ok")
    assert "rate 0.2" in middle.text
    assert "0.2" in middle.cure
    assert grid(2.2, 2.5, 2.6).verdict().code == "grid_edge"
    assert "highest" in grid(2.6, 2.5, 2.2).verdict().text
    assert grid(2.201, 2.202, 2.203).verdict().code == "grid_ok"  # no difference to speak of
    gone = grid(None, None, None).verdict()
    assert (gone.code, gone.severity) == ("grid_diverged", "alarm")
    assert grid(None, 2.2, 2.5).verdict().code == "grid_ok"
    assert grid(2.2, lrs=(0.1,)).verdict().code == "grid_alone"


def test_a_grid_that_is_not_done_is_not_judged() -> None:
    cells = tuple(Cell(lr, 0.0, nats) for lr, nats in ((0.1, 2.5), (0.2, 2.2)))
    part = Grid((0.1, 0.2, 0.4), (0.0,), 10, cells, points=1)
    assert (part.verdict().code, part.verdict().severity) == ("out_of_time", "note")
    assert "Time was up before the other 2 were trained" in part.verdict().text
    assert replace(part, cells=()).verdict().code == "out_of_time"
    asked = iter([False] * 14)
    stop = lambda: next(asked, True)  # noqa: E731
    _, found = last(search(patient("mlp"), lrs=LRS, decays=DECAYS, steps=10, stop=stop))
    assert found.verdict().code == "out_of_time"


@pytest.mark.parametrize(
    ("lrs", "decays", "random", "said"),
    [
        ((), (0.0,), 0, "empty"),
        ((0.1,), (), 0, "empty"),
        ((0.0,), (0.0,), 0, "lr must be from"),
        ((-1.0,), (0.0,), 0, "lr must be from"),
        ((math.nan,), (0.0,), 0, "finite"),
        ((math.inf,), (0.0,), 0, "finite"),
        ((1e9,), (0.0,), 0, "lr must be from"),
        ((0.1,), (-1.0,), 0, "weight_decay must be from"),
        ((0.1,), (math.nan,), 0, "finite"),
        ((0.1,) * 100, (0.0,) * 100, 0, "10,000 cells"),
        ((0.1,), (0.0,), MOST_CELLS, f"from 1 to {MOST_CELLS}"),
        ((0.1,), (0.0,), -1, "from 1 to"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(lrs, decays, random: int, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        check(lrs, decays, random)
    with pytest.raises(BadSettings, match=said):
        next(search(patient("mlp"), lrs=lrs, decays=decays, random=random, steps=5))


@pytest.mark.parametrize("steps", [0, -1, 10**12])
def test_no_steps_or_too_many_are_one_sentence(steps: int) -> None:
    with pytest.raises(BadSettings, match="steps must be from 1"):
        next(search(patient("mlp"), lrs=LRS, steps=steps))


def test_without_validation_text_there_is_nothing_to_judge_by() -> None:
    with pytest.raises(BadSettings, match="validation"):
        next(search(patient("mlp", {"train": ITEMS["train"]}), lrs=LRS, steps=5))


def test_a_grid_around_a_rate_stays_within_bounds() -> None:
    assert around(0.03) == pytest.approx((0.01, 0.03, 0.09))
    assert around(10.0) == pytest.approx((10 / 3, 10.0))


@pytest.mark.parametrize("family", ["transformer", "encoder", "lstm", "mixture", "neural-bigram"])
def test_every_kind_of_family_has_a_grid(family: str) -> None:
    before = torch.get_rng_state()
    _, found = last(search(patient(family), lrs=(5e-3,), decays=(0.0,), random=1, steps=4))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(math.isfinite(cell.validation_nats) for cell in found.cells + found.random)
