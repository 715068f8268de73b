"""A model spread over two processes, against the same model in one."""

import json
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from lm_core.errors import BadSettings
from lm_core.tasks import NextToken
from lm_core.training import Trainer, TrainSettings
from lm_core.training.callbacks import Callback
from lm_core.training.distributed import team
from lm_core.training.distributed.team import Team
from lm_core.training.muon import Muon, orthogonal
from tests.tiny import TEXT, some_ids, tiny_model
from tests.training.distributed.in_shards import (
    CASES,
    RESUMED,
    RUNNING,
    STEPS,
    STOP,
    make,
    saver,
    told,
)
from tests.training.distributed.test_team import ended, started

SCRIPT = "tests/training/distributed/in_shards.py"
ROUNDED = "rounded"  # sums of another order differ in the last digits, and bfloat16 has few


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What the script finds in one process and in two, of the cases that will be asked for."""
    ours = [item for item in request.session.items if item.module is request.module]
    asked = {item.callspec.params.get("case") for item in ours if hasattr(item, "callspec")}
    asked |= {*RESUMED, "plain"}
    cases = [case for case in CASES if case in asked]
    folder = tmp_path_factory.mktemp("runs")
    for case in RESUMED:
        told(make(case, Team(), stop=STOP, save=saver(folder / f"whole {case}")))
    two = started(2, SCRIPT, str(folder), *cases)
    one = {case: told(make(case, Team())) for case in cases}
    (status, said, errors), follower = ended(two)
    assert status == follower[0] == 0, errors + follower[2]
    for case in RESUMED:
        one[f"{case} resumed"] = told(make(case, Team(), folder=folder / f"spread {case}"))
    return [one, json.loads(said)]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_two_processes_with_half_of_it_each_give_the_curve_of_one(
    runs: list[dict], case: str
) -> None:
    one, two = (found[case] for found in runs)
    near = 0.01 if case == ROUNDED else 1e-4
    assert len(two["nats"]) == STEPS
    assert two["nats"] == pytest.approx(one["nats"], abs=near)
    assert two["norms"] == pytest.approx(one["norms"], abs=10 * near)
    if case != ROUNDED:
        assert two["weights"] == pytest.approx(one["weights"], abs=1e-3)
    assert f"Finished(step={STEPS}" in two["end"]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_it_is_scored_and_writes_as_the_whole_one_does(runs: list[dict], case: str) -> None:
    one, two = (found[case] for found in runs)
    near = 0.01 if case == ROUNDED else 1e-4
    assert len(two["scores"]) >= 2
    assert two["final"] == pytest.approx(one["final"], abs=near)
    if "eval_every" in CASES[case][2]:  # at the same steps then, whatever the time
        assert two["scores"] == pytest.approx(one["scores"], abs=near)
        assert two["samples"] == one["samples"]


@pytest.mark.slow
@pytest.mark.parametrize("case", RESUMED)
def test_saved_in_shards_it_goes_on_whole_and_the_other_way_round(
    runs: list[dict], case: str
) -> None:
    straight, whole, spread = runs[0][case], runs[0][f"{case} resumed"], runs[1][f"{case} resumed"]
    for found in (whole, spread):
        assert found["nats"] == pytest.approx(straight["nats"][STOP:], abs=1e-4)
        assert found["weights"] == pytest.approx(straight["weights"], abs=1e-3)
        assert found["final"] == pytest.approx(straight["final"], abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("case", ["plain", "muon", "keeping"])
def test_each_process_holds_half(runs: list[dict], case: str) -> None:
    one, two = (found[case]["held"] for found in runs)
    assert one / 2 <= two < 0.55 * one  # an odd row more


@pytest.mark.slow
def test_between_looks_the_model_is_not_there_and_says_so(runs: list[dict]) -> None:
    hidden = runs[1]["plain"]["hidden"]
    assert hidden[0]
    assert not hidden[-1]  # then it holds what is kept, which is scored once more
    assert hidden == sorted(hidden, reverse=True)
    assert not any(runs[0]["plain"]["hidden"])


@pytest.mark.slow
def test_the_command_line_trains_in_shards(tmp_path: Path) -> None:
    words = ["-m", "lm_core", "train", "--corpus", str(tmp_path / "text.txt"), "--json"]
    words += ["--model", "transformer", "--steps", "4", "--device", "cpu"]
    words += ["--set", "model.n_layer=1", "--set", "model.n_embd=16", "--set", "model.n_head=2"]
    (tmp_path / "text.txt").write_text(TEXT * 4)
    out = tmp_path / "out"
    leader, follower = ended(started(2, *words, "--shard", "--out", str(out)))
    assert leader[0] == follower[0] == 0, leader[2] + follower[2]
    answer = json.loads(leader[1])
    assert (answer["steps"], follower[1]) == (4, "")
    assert "arn" not in leader[2]  # neither a warning nor a Warning
    saved = load_checkpoint(out)
    assert saved.meta["metrics"]["validation"]["nats_per_token"] == answer["validation_nats"]
    ids = some_ids(200, saved.model.vocab_size)
    assert torch.isfinite(saved.model(ids[:64].unsqueeze(0))[0]).all()


def test_the_command_line_wants_processes_to_spread_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert main(["train", "--corpus", "names", "--model", "transformer", "--shard"]) == 2
    assert "start them with torchrun" in capsys.readouterr().err


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.setattr(team.distributed, "new_group", lambda **_: None)
    return Team(0, 2, shards=True)


@pytest.mark.parametrize("family", ["lstm", "mixture", "bigram"])
def test_a_family_without_blocks_is_refused(family: str, pair: Team) -> None:
    with pytest.raises(BadSettings, match="leave --shard out"):
        Trainer(NextToken(), tiny_model(family, 40), {"train": RUNNING}, team=pair)


def test_watching_inside_shards_is_refused(pair: Team) -> None:
    model = tiny_model("transformer", 40)
    with pytest.raises(BadSettings, match="cannot be watched"):
        Trainer(NextToken(), model, {"train": RUNNING}, team=pair, callbacks=[Callback()])
    assert all(torch.isfinite(p).all() for p in model.parameters())


def test_alone_there_is_nothing_to_spread() -> None:
    training = Trainer(
        NextToken(),
        tiny_model("transformer", 40),
        {"train": RUNNING},
        settings=TrainSettings(),
        team=Team(shards=True),
    )
    assert training.learner is training.model


def test_whole_matrices_are_made_orthogonal_all_at_once() -> None:
    matrices = [torch.randn(6, 4, generator=torch.Generator().manual_seed(k)) for k in range(3)]
    made = Muon([torch.nn.Parameter(matrices[0])])._directions(matrices)
    for matrix, direction in zip(matrices, made, strict=True):
        torch.testing.assert_close(direction, orthogonal(matrix.unsqueeze(0))[0])
