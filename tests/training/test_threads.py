"""How many threads a step uses, chosen in worlds whose clock is the test's own."""

import random
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, threads
from lm_core.training.threads import LATE, SHARE, Kept, Threads, chooser
from tests.training.test_loop import TEXTS, make, steps

Cost = Callable[[int, float], float]  # seconds of a step on so many threads at that time
TOKENS = 768


class World:
    """A machine: what a step costs there, now and then twice as much or, beside others, far more.

    Args:
        cost: as above.
        look: what a small product costs; a share of a step where it is left out.
        noise: of a step, as a share.
    """

    def __init__(self, cost: Cost, *, look: Cost | None = None, noise: float = 0.1) -> None:
        self.now, self.cost, self.noise = 0.0, cost, noise
        self.small = look or (lambda n, t: 0.02 * cost(n, t))
        self.random, self.set_to = random.Random(0), 0
        self.used: list[tuple[float, int]] = []  # time and threads of each step

    def look(self, threads: int) -> tuple[float, float]:
        self.now += 0.02
        return self.small(threads, self.now), self.small(threads, self.now)

    def use(self, threads: int) -> None:
        self.set_to = threads

    def train(self, seconds: float, most: int = 2) -> Threads:
        """Train so long, choosing; afterwards `tokens` were read."""
        run = SimpleNamespace(tokens=0)
        threads = Threads(most, clock=lambda: self.now, use=self.use, look=self.look)
        while self.now < seconds:
            with threads.step(run):
                self.used.append((self.now, self.set_to))
                self.now += self._step(self.set_to)
                run.tokens += TOKENS
            assert self.set_to == threads.now  # beside the steps it is the one in use
        self.tokens = run.tokens
        return threads

    def fixed(self, seconds: float, threads: int) -> int:
        """Tokens that are read by then on so many threads."""
        self.now, tokens = 0.0, 0
        while self.now < seconds:
            self.now += self._step(threads)
            tokens += TOKENS
        return tokens

    def _step(self, threads: int) -> float:
        hiccup = 2.5 if self.random.random() < 0.02 else 1.0
        return self.cost(threads, self.now) * (1 + self.noise * self.random.random()) * hiccup


def quiet(n: int, t: float) -> float:
    return {1: 0.034, 2: 0.025}[n]


def busy(n: int, t: float) -> float:
    return {1: 0.034, 2: 0.085}[n]


def spinning(n: int, t: float) -> float:
    """Most steps wait for a core, some are lucky."""
    return 0.034 if n == 1 else (0.025, 0.025, 1.3, 0.6, 0.3)[int(t * 1000) % 5]


def small(n: int, t: float) -> float:
    return {1: 0.002, 2: 0.03}[n]


def large(n: int, t: float) -> float:
    return {1: 2.0, 2: 1.1}[n]


def many_cores(n: int, t: float) -> float:
    return {1: 1.0, 4: 0.3, 8: 0.2, 16: 0.16}[n]


def many_cores_in_use(n: int, t: float) -> float:
    return {1: 1.0, 4: 0.3, 8: 0.5, 16: 2.0}[n]


@pytest.mark.parametrize(
    ("cost", "most"),
    [
        (quiet, 2),
        (busy, 2),
        (spinning, 2),
        (small, 2),
        (large, 2),
        (many_cores, 16),
        (many_cores_in_use, 16),
    ],
)
def test_it_trains_nearly_as_fast_as_the_better_fixed_choice(cost: Cost, most: int) -> None:
    world = World(cost)
    threads = world.train(120, most)
    best = max(World(cost).fixed(120, n) for n in threads.numbers)
    assert world.tokens > 0.9 * best


@pytest.mark.parametrize("blind", [False, True])
def test_it_chooses_again_when_the_world_changes(blind: bool) -> None:
    """Busy from 30 to 90 s; also where a moment's look always finds room."""

    def cost(n: int, t: float) -> float:
        return busy(n, t) if 30 <= t < 90 else quiet(n, t)

    world = World(cost, look=(lambda n, t: 0.001) if blind else None)
    world.train(180)
    for begin, end, expected in ((5, 30, 2), (32, 90, 1), (90 + LATE + 2, 180, 2)):
        used = [n for t, n in world.used if begin <= t < end]
        assert used.count(expected) > 0.9 * len(used), (begin, expected)


@pytest.mark.parametrize("cost", [quiet, busy, small, many_cores_in_use])
def test_trials_take_their_share_and_one_more_at_most(cost: Cost) -> None:
    world = World(cost, look=lambda n, t: 0.001)
    threads = world.train(200, 16 if cost is many_cores_in_use else 2)
    assert threads.lost < SHARE * 200 + 4 * max(cost(n, 0) for n in threads.numbers)


def test_it_begins_on_one_thread_and_gives_up_a_slow_trial_after_a_step() -> None:
    world = World(lambda n, t: 0.03 if n == 1 else 1.3, look=lambda n, t: 0.001, noise=0)
    world.train(10)
    first = [n for _, n in world.used[:20]]
    assert first[:3] == [1, 1, 1]
    assert first.count(2) == 1


def test_no_step_is_spent_on_threads_that_a_look_shows_waiting() -> None:
    world = World(busy, look=lambda n, t: 0.001 * n**4)
    world.train(60)
    assert {n for _, n in world.used} == {1}


def test_it_looks_again_at_least_every_so_often() -> None:
    world = World(busy, look=lambda n, t: 0.001)
    world.train(120)
    tried = [t for t, n in world.used if n == 2]
    gaps = [b - a for a, b in pairwise(tried)]
    assert 0.5 * LATE < max(gaps) < LATE + 1  # rarely, but not too rarely


def test_steps_of_different_size_are_compared_by_their_tokens() -> None:
    """A batch that grows makes steps longer, not slower."""
    world, run = World(quiet), SimpleNamespace(tokens=0)
    threads = Threads(2, clock=lambda: world.now, use=world.use, look=world.look)
    for k in range(400):
        with threads.step(run):
            size = 1 + k // 100
            world.now += size * (0.02 if world.set_to == 2 else 0.03)
            run.tokens += size * TOKENS
    assert threads.now == 2


def test_a_step_that_fails_leaves_the_number_in_use() -> None:
    world = World(busy)
    threads = Threads(2, clock=lambda: world.now, use=world.use, look=world.look)
    threads._trial, threads._trying = threads._laps, 2  # in the middle of one
    with pytest.raises(ZeroDivisionError), threads.step(SimpleNamespace(tokens=0)):
        world.used.append((0.0, world.set_to // 0))
    assert world.set_to == 1


def test_what_is_chosen_among() -> None:
    world = World(quiet)
    numbers = {most: Threads(most, use=world.use).numbers for most in (1, 2, 3, 4, 8, 16)}
    assert numbers[1] == [1]
    assert numbers[2] == [1, 2]
    assert numbers[3] == [1, 3]
    assert numbers[4] == [1, 2, 4]
    assert numbers[16] == [1, 4, 8, 16]


def test_who_may_choose() -> None:
    assert type(chooser(make())) is Kept  # torch is left as it is
    assert type(chooser(make(threads=1))) is Kept
    chosen = chooser(make(threads=2))
    assert isinstance(chosen, Threads)
    assert torch.get_num_threads() == 1
    assert type(chooser(make(threads=2, settings={"deterministic": True}))) is Kept
    assert torch.get_num_threads() == 1  # a small step


def test_the_result_is_the_same_up_to_rounding() -> None:
    curves = []
    for most in (None, 2):
        torch.set_num_threads(1)
        curves.append([e.loss for e in steps(make(threads=most).run())])
    torch.testing.assert_close(curves[0], curves[1], rtol=1e-4, atol=1e-4)


def test_a_sample_is_written_on_one_thread() -> None:
    seen = []

    def write(model: torch.nn.Module, seconds: float) -> str:
        seen.append(torch.get_num_threads())
        return ""

    torch.set_num_threads(2)
    trained = Trainer(
        NextToken(),
        make().model,
        TEXTS,
        settings=TrainSettings(eval_every=1),
        budget=Budget(steps=2),
        write=write,
    )
    list(trained.run())
    assert set(seen) == {1}
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((0.31, 0.30), (0.16, 0.15), 2),
        ((0.31, 0.30), (0.63, 0.15), 1),  # now and then one waits
        ((0.90, 0.30), (0.63, 0.15), 1),  # and so does one thread alone
        ((0.31, 0.30), (16.0, 15.0), 1),
    ],
)
def test_a_glance(one: tuple, two: tuple, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few milliseconds as measured on two cores, quiet and beside busy processes."""
    monkeypatch.setattr(threads, "has_room", partial(threads.has_room, look={1: one, 2: two}.get))
    assert threads.at_a_glance(2) == expected
    assert threads.at_a_glance(1) == 1


def test_a_small_product_is_timed_on_so_many_threads() -> None:
    mean, fastest = threads.product_seconds(2)
    assert mean >= fastest > 0
    assert torch.get_num_threads() == 2
