import threading

from lm_core.training import Control
from tests.waiting import until


def test_a_fresh_one_lets_the_run_go_on() -> None:
    control = Control()
    assert control.look() == "run"
    assert control.lr_scale == 1
    assert not control.may_step()


def test_requests_follow_each_other() -> None:
    control = Control()
    for ask, state in [("pause", "pause"), ("resume", "run"), ("stop", "stop")]:
        getattr(control, ask)()
        assert control.look() == state
        assert state in repr(control)


def test_each_single_step_is_allowed_once() -> None:
    control = Control()
    control.single_step()
    control.single_step()
    assert control.look() == "pause"
    assert [control.may_step() for _ in range(3)] == [True, True, False]


def test_another_thread_may_change_the_request() -> None:
    control = Control()
    control.pause()
    threading.Timer(0.05, control.resume).start()
    until(lambda: control.look() == "run")


def test_steps_are_counted_by_each_side_alone() -> None:
    control = Control()
    for _ in range(3):
        control.single_step()
    assert control.may_step()
    assert (control.steps_granted, control.steps_allowed) == (3, 2)
    control.single_step()
    assert (control.steps_granted, control.steps_allowed) == (4, 3)
