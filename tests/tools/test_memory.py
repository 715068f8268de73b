"""What ships of long memory is what the tool measures, and measured again it comes to the same."""

import pytest

from lm_core.corpora.long_memory import DELAYS, MADE
from lm_core.evaluation.long_memory_file import read_long_memory, spread
from tools import memory

FILE = read_long_memory(memory.SHIPPED)


def test_the_file_was_made_by_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert FILE.command == "python -m tools.memory"
    assert FILE.how["steps"] == memory.STEPS
    assert FILE.how["models"] == {n: {**s, "lr": lr} for n, (s, lr) in memory.FAMILIES.items()}
    rows = {(one.task, one.family, one.seed) for one in FILE.results}
    assert len(rows) == len(FILE.results) == len(MADE) * len(memory.FAMILIES) * memory.SEEDS
    assert all(tuple(one.shares) == DELAYS for one in FILE.results)
    memory.main(["--list", "--tasks", "copy"])
    assert capsys.readouterr().out.startswith("copy: rnn, gru, lstm, transformer, 3 seeds")
    with pytest.raises(SystemExit):
        memory.main(["--tasks", "poem"])
    assert "unknown task poem; known: copy" in capsys.readouterr().err


def test_it_writes_what_the_screen_reads(
    tmp_path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "DELAYS", (2,))
    out = tmp_path / "m.json"
    memory.main(["--tasks", "copy", "--seeds", "1", "--steps", "1", "--out", str(out)])
    file = read_long_memory(out)
    assert [one.family for one in file.results] == list(memory.FAMILIES)
    assert capsys.readouterr().out.count("copy") == len(memory.FAMILIES)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["rnn", "lstm"])
def test_measured_again_it_lands_inside_the_spread(family: str) -> None:
    again = memory.learn("brackets", family, 0, DELAYS[0]).share
    rows = [one for one in FILE.of("brackets") if one.family == family]
    low, _, high = spread(rows)[DELAYS[0]]
    assert low - 0.1 <= again <= high + 0.1
