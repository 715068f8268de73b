"""Logs together: by name, in one folder, closed whatever happens."""

from pathlib import Path

import pytest

from lm_core.cli import LOGS as OFFERED
from lm_core.errors import StoreUnavailable, UnknownName
from lm_core.training.events import Finished
from lm_core.training.logs import ALWAYS, LOGS, Logs, log_of
from lm_core.training.logs.log import Log
from tests.training.logs.shown import EVENTS


def test_the_command_line_offers_what_there_is() -> None:
    assert list(OFFERED) == list(LOGS)
    assert set(ALWAYS) <= set(LOGS)
    assert all(issubclass(log_of(name), Log) for name in LOGS)


def test_an_unknown_log_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'tensorboard'"):
        Logs(["tensorbord"], tmp_path, spec={}, name="x")


def test_several_at_once_and_none_twice(logged) -> None:
    folder = logged("csv", "json", "csv", "tensorboard")
    assert {path.name for path in folder.iterdir()} == {"log.csv", "log.jsonl", "tensorboard"}
    assert len((folder / "log.csv").read_text().splitlines()) == 4


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        Logs(["csv"], tmp_path / "logs", spec={}, name="x")


def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    class Full:
        def writelines(self, lines: object) -> None:
            list(lines)
            raise OSError(28, "No space left on device")

        write = writelines

        def close(self) -> None:
            pass

    log = Logs(["csv", "json"], tmp_path / "logs", spec={}, name="x")
    log.logs[1].file.close()
    log.logs[1].file = Full()
    with pytest.raises(StoreUnavailable, match="No space left"):
        log(EVENTS[0])
    log.close()
    assert "1,64" in (tmp_path / "logs" / "log.csv").read_text()  # the other is closed all the same


def test_what_breaks_inside_is_not_said_to_be_the_log(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match="of another"),
        Logs(["csv"], tmp_path / "logs", spec={}, name="x"),
    ):
        raise OSError("of another")


def test_an_event_that_no_log_knows_more_of_passes(tmp_path: Path) -> None:
    with Logs(["csv"], tmp_path, spec={}, name="x") as log:
        log(Finished(1, 2, 0.5, "budget"))
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 1
