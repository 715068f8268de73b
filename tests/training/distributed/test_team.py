"""Two processes on one machine, as `torchrun` starts them, against one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lm_core.errors import BadSettings
from lm_core.training.distributed import team
from lm_core.training.distributed.team import Team, check_shares, together
from tests.training.distributed.two_processes import curves
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
SCRIPT = "tests/training/distributed/two_processes.py"


def started(size: int, *command: str) -> list[subprocess.Popen]:
    """The processes of a team, with the environment that `torchrun` gives them."""
    common = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    if size > 1:
        common |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    found = []
    for rank in range(size):
        mine = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size)}
        env = common | (mine if size > 1 else {})
        found.append(subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT, **pipes))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ended(processes: list[subprocess.Popen]) -> list[tuple[int, str, str]]:
    try:
        said = [process.communicate(timeout=PATIENCE) for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [(p.returncode, *texts) for p, texts in zip(processes, said, strict=True)]


@pytest.fixture(scope="module")
def runs() -> list[dict]:
    """What the script finds in one process and in two."""
    two = started(2, SCRIPT)
    one = curves(Team())
    (status, said, errors), follower = ended(two)
    assert status == follower[0] == 0, errors + follower[2]
    return [one, json.loads(said)]


@pytest.mark.parametrize("case", ["transformer 0", "transformer 4", "lstm 0", "lstm 4"])
def test_two_processes_give_the_curve_of_one(runs: list[dict], case: str) -> None:
    one, two = (found[case] for found in runs)
    assert len(two["nats"]) == 20
    assert two["nats"] == pytest.approx(one["nats"], abs=1e-4)
    assert two["weights"] == pytest.approx(one["weights"], abs=1e-3)
    assert two["tokens"] == one["tokens"]
    assert "Finished(step=20" in two["end"]


@pytest.mark.parametrize("case", ["lstm 0", "lstm 4"])
def test_the_state_that_is_saved_is_that_of_all_rows(runs: list[dict], case: str) -> None:
    one, two = (found[case] for found in runs)
    assert one["states"] == two["states"]
    assert one["states"][-1][0][1] == 9


@pytest.mark.slow
def test_the_command_line_trains_in_two_processes(tmp_path: Path) -> None:
    words = ["-m", "lm_core", "train", "--corpus", str(tmp_path / "text.txt"), "--json"]
    words += ["--model", "transformer", "--steps", "4", "--device", "cpu"]
    words += ["--set", "model.n_layer=1", "--set", "model.n_embd=16", "--set", "model.n_head=2"]
    (tmp_path / "text.txt").write_text("the cat sat on the mat and the dog sat on the cat. " * 40)
    leader, follower = ended(started(2, *words, "--out", str(tmp_path / "out")))
    assert leader[0] == follower[0] == 0, leader[2] + follower[2]
    assert json.loads(leader[1])["steps"] == 4
    assert follower[1] == ""
    assert (tmp_path / "out" / "model.safetensors").exists()


def test_without_torchrun_a_run_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORLD_SIZE", "RANK"):
        monkeypatch.delenv(name, raising=False)
    with together() as team:
        assert (team.rank, team.size, team.leads) == (0, 1, True)
        state = (torch.ones(1, 3, 2), torch.ones(1, 3, 2))
        assert team.own(state) is state
        assert team.whole(state) is state
        assert team.sum(state[0]) is state[0]


def test_more_processes_than_rows_are_refused_with_the_mend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(team.distributed, "new_group", lambda **_: None)
    check_shares(Team(0, 4), 4)
    with pytest.raises(BadSettings, match="A batch of 3 rows cannot be shared by 4 processes"):
        check_shares(Team(0, 4), 3)
