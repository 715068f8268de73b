import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from lm_core.errors import StoreUnavailable
from lm_core.runs.presence import Presence

HOLD = """
import sys
from pathlib import Path
from lm_core.runs.presence import Presence
here = Presence(Path(sys.argv[1]))
print(here.id, flush=True)
sys.stdin.read()
"""
# Its worker reads on from the same input until that is closed here.
WITH_WORKER = HOLD.replace(
    "print", "import subprocess; subprocess.Popen([sys.executable, '-c', 'input()'])\nprint"
)


def test_each_server_sees_the_others_until_they_leave(tmp_path: Path) -> None:
    one, other = Presence(tmp_path), Presence(tmp_path)
    assert one.id != other.id
    assert one.is_alive(other.id)
    assert other.is_alive(one.id)
    assert one.is_alive(one.id)
    other.leave()
    assert not one.is_alive(other.id)
    one.leave()
    assert list((tmp_path / "servers").iterdir()) == []


@pytest.mark.parametrize("server", [None, 0, 1, 12345])
def test_nobody_of_that_id_was_ever_there(tmp_path: Path, server: int | None) -> None:
    assert not Presence(tmp_path).is_alive(server)


def test_a_killed_server_is_dead_at_once_and_its_lock_is_swept_up(tmp_path: Path) -> None:
    here = Presence(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as there:
        server = int(there.stdout.readline())
        assert here.is_alive(server)
        there.kill()
        there.wait()
    assert not here.is_alive(server)
    assert [path.stem for path in (tmp_path / "servers").iterdir()] == [str(here.id)]


def test_a_worker_that_outlives_its_server_does_not_make_it_look_alive(tmp_path: Path) -> None:
    here = Presence(tmp_path)
    command = [sys.executable, "-c", WITH_WORKER, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as there:
        server = int(there.stdout.readline())
        there.kill()
        there.wait()
        assert not here.is_alive(server)


def test_one_thread_lets_go_what_another_took(tmp_path: Path) -> None:
    """The page that opens the lab and the one that closes it are threads of their own."""
    here, other = Presence(tmp_path), Presence(tmp_path)
    thread = Thread(target=here.leave)
    thread.start()
    thread.join()
    assert not other.is_alive(here.id)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "servers").touch()
    with pytest.raises(StoreUnavailable):
        Presence(tmp_path)
