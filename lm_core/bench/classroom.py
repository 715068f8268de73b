"""A class measured: thirty visitors, each with a page of their own on the real server, who press
Start within ten seconds and go on clicking. Three lessons, each on a fresh server and home:

    own     everybody has a seed of their own and a short run, for ten minutes
    long    the same with a minute for each, for five
    same    everybody comes by one link and trains the same spec, for one

What visitors see is measured from the messages that their pages get; the run store is asked where
no page says it. Needs a checkout, whose server it starts, and the visitors take a part of the
machine that the server is measured on: `client` says how much.
"""

import asyncio
import importlib
import statistics
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from lm_core.bench.result import Result
from lm_core.bench.timing import p95
from lm_core.bench.turn_cost import turn_cost
from lm_core.errors import BadSettings
from lm_core.machine import family_memory

if TYPE_CHECKING:
    from lm_core.runs.store import RunStore

SCREENS = ("Architectures", "Dataset explorer", "Doctor", "Attention", "Generate names")
FIRST_SEED = 730_000_001  # of so many digits: in no message by chance
LOOK = 1.0  # s between two looks at the store and at the memory
EVEN_FROM = 5.0  # s that they have trained on average, from when their shares are compared
SETTLED = 300.0  # s after the first click, from when memory should stay as it is
LENGTH = struct.Struct(">I")  # before each message of a file


@dataclass(frozen=True)
class Size:
    """How large a class, and for how long; times in seconds."""

    visitors: int = 30
    within: float = 10.0  # all press Start
    every: float = 5.0  # between two clicks of a visitor
    short: float = 10.0  # budget of a run
    long: float = 60.0
    watched: float = 600.0  # the first lesson; half of it the second, a tenth the third
    warm: float = 20.0  # after all have opened their page, in which workers read torch

    def __post_init__(self) -> None:
        if not (1 <= self.visitors <= 500 and 1 <= self.watched <= 24 * 3600):
            raise BadSettings("A class has 1 to 500 visitors and takes a minute to a day.")


@dataclass
class Pupil:
    """One visitor. Moments are of `time.time`, None until they came."""

    seed: int
    run: str = ""
    pressed: float | None = None  # Start
    first: float | None = None  # when the page had a training point
    clicks: list[float] = field(default_factory=list)  # s until the heading stood there


@dataclass
class Lesson:
    """What pupils saw, and what nobody sees."""

    pupils: list[Pupil]
    seconds: float  # from the first click on Start to the end
    trained: list[list[float]] = field(default_factory=list)  # s of each, while none has ended
    memory: list[tuple[float, int]] = field(default_factory=list)  # s since that click, bytes
    ended: list[float | None] = field(default_factory=list)  # moments, of the runs
    client: float = 0.0  # share of a core
    messages: int = 0
    crossed: int = 0  # of these, with the run or the seed of another

    @property
    def began(self) -> float:
        """The first click on Start."""
        return min((p.pressed for p in self.pupils if p.pressed is not None), default=time.time())

    @property
    def first_points(self) -> list[float]:
        """Seconds from a click on Start to a point; to the end of the lesson where none came."""
        end = self.began + self.seconds
        return [(p.first or end) - p.pressed for p in self.pupils if p.pressed is not None]

    @property
    def all_done(self) -> float:
        """Seconds from the first click to the end of the last run, or of the lesson."""
        end = self.began + self.seconds
        return max((moment or end for moment in self.ended), default=end) - self.began


def bench_class(size: Size | None = None) -> list[Result]:
    """The three lessons; a row is left out where this system does not tell it."""
    size = size or Size()
    own = taught(size, size.short, size.watched)
    long = taught(size, size.long, size.watched / 2)
    same = taught(size, size.short, size.watched / 10, one_link=True)
    about = {"corpus": "names", "model": "transformer", "visitors": size.visitors}
    short, minute = about | {"seconds": size.short}, about | {"seconds": size.long}
    first, slow = own.first_points, {"of_long_runs": max(long.first_points)}
    clicks = [1000 * seconds for pupil in own.pupils for seconds in pupil.clicks]
    settled = min(SETTLED, size.watched / 2)
    rows: list[tuple[str, float | None, str, dict[str, Any]]] = [
        ("class_first_point_median", statistics.median(first), "s", short),
        (
            "class_first_point_max",
            max(first),
            "s",
            short | slow,
        ),
        ("class_all_done", own.all_done, "s", short | {"unfinished": own.ended.count(None)}),
        ("class_same_spec_max", max(same.first_points), "s", short),
        ("class_share_spread", spread(long.trained), "%", minute | {"looks": len(long.trained)}),
        ("class_click_p95", p95(clicks), "ms", short | {"clicks": len(clicks)}),
        ("class_memory", peak(own.memory), "GB", short | {"watched": size.watched}),
        ("class_growth", growth(own.memory, settled), "%", short | {"after": settled}),
        ("class_crossed", own.crossed + long.crossed, "messages", about),
    ]
    told = {"client": f"{own.client:.2f} of a core", "messages": own.messages + long.messages}
    rows[-1][3].update(told)
    return [
        *turn_cost(),
        *(
            Result(name, value, unit, False, said)
            for name, value, unit, said in rows
            if value is not None
        ),
    ]


def spread(trained: list[list[float]]) -> float | None:
    """Largest deviation of anybody's seconds of training from the mean of all, in per cent of that
    mean, at any look at which it is EVEN_FROM at least; at the last look where it never is."""
    even = [look for look in trained if statistics.mean(look) >= EVEN_FROM] or trained[-1:]
    means = [statistics.mean(look) for look in even]
    found = [
        100 * max(abs(one - mean) for one in look) / mean
        for look, mean in zip(even, means, strict=True)
        if mean
    ]
    return max(found, default=None)


def peak(memory: list[tuple[float, int]]) -> float | None:
    return max((held / 1e9 for _, held in memory), default=None)


def growth(memory: list[tuple[float, int]], settled: float) -> float | None:
    """Per cent by which the last tenth of what was held after `settled` seconds lies above the
    first tenth, medians of both."""
    later = [held for at, held in memory if at >= settled]
    if not later:
        return None
    tenth = max(1, len(later) // 10)
    return 100 * (statistics.median(later[-tenth:]) / statistics.median(later[:tenth]) - 1)


# A lesson -----------------------------------------------------------------------------------------


def taught(size: Size, budget: float, watched: float, *, one_link: bool = False) -> Lesson:
    """One lesson on a fresh server and a fresh home.

    Args:
        budget: seconds of each run.
        watched: seconds from when all are ready to press Start.
        one_link: all train the same spec; otherwise each has a seed of their own.
    """
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training import Budget

    server = importlib.import_module("tools.lab_server")
    spec = default_spec(CorpusSpec(name="names"), "transformer", budget=Budget(seconds=budget))
    pupils = [Pupil(FIRST_SEED + place) for place in range(size.visitors)]
    with tempfile.TemporaryDirectory(prefix="lm-bench-") as folder:
        home, heard = Path(folder, "home"), Path(folder, "heard")
        heard.mkdir()
        with server.LabServer(home) as lab:
            link = urlencode({"spec": spec.to_address()})
            room = _Room(size, Lesson(pupils, watched), RunStore(home), heard, link, one_link)
            asyncio.run(room.teach(lab))
        if not one_link:
            _compare(room.lesson, heard)
    return room.lesson


@dataclass
class _Room:
    """A lesson while it goes on."""

    size: Size
    lesson: Lesson
    store: "RunStore"
    heard: Path  # a file of messages for each pupil
    link: str  # what follows the address of the form
    one_link: bool
    began: float = 0.0

    async def teach(self, lab: Any) -> None:
        """All of it, into the lesson."""
        ready = asyncio.Barrier(len(self.lesson.pupils) + 1)
        async with asyncio.TaskGroup() as tasks:
            for place in range(len(self.lesson.pupils)):
                tasks.create_task(self._attend(place, lab.url, ready))
            await self._all(ready)
            worked = time.process_time()
            while time.time() < self.began + self.lesson.seconds:
                await asyncio.sleep(LOOK)
                await asyncio.to_thread(self._look, lab.process)
            self.lesson.client = (time.process_time() - worked) / self.lesson.seconds
        runs = [self.store.get(pupil.run) if pupil.run else None for pupil in self.lesson.pupils]
        self.lesson.ended = [run and run.ended for run in runs]

    def _look(self, server: int) -> None:
        """At what is held, and at what each has trained as long as none has ended."""
        from lm_core.training.events import Step

        lesson = self.lesson
        if held := family_memory(server):
            lesson.memory.append((time.time() - self.began, held))
        runs = [pupil.run for pupil in lesson.pupils]
        if all(runs) and all(self.store.get(run).active for run in runs):
            last = [self.store.last(Step, run) for run in runs]
            lesson.trained.append([step["seconds"] if step else 0.0 for step in last])

    async def _all(self, ready: asyncio.Barrier) -> None:
        """Wait until all are ready to press Start, and the workers too: then it begins."""
        await ready.wait()
        await asyncio.sleep(self.size.warm)
        self.began = self.began or time.time()

    async def _attend(self, place: int, url: str, ready: asyncio.Barrier) -> None:
        """One pupil: open the form, press Start, and click until the end."""
        visitors = importlib.import_module("tools.visitor")
        pupil = self.lesson.pupils[place]
        with (self.heard / str(place)).open("wb") as file:

            def heard(message: bytes) -> None:
                file.write(LENGTH.pack(len(message)) + message)

            async with visitors.Visitor(url, heard=heard) as visitor:
                await visitor.open("train", self.link)
                await visitor.until(lambda: visitor.can_press("Start"))
                if not self.one_link:
                    await visitor.unfold("More settings")
                    await visitor.until(lambda: visitor.has("Seed"))
                    await visitor.enter("Seed", pupil.seed)
                await self._all(ready)
                await asyncio.sleep(place * self.size.within / len(self.lesson.pupils))
                pupil.pressed = time.time()
                await visitor.press("Start")
                seeing = asyncio.create_task(_see(pupil, visitor))
                try:
                    await self._click(pupil, visitor)
                finally:
                    seeing.cancel()

    async def _click(self, pupil: Pupil, visitor: Any) -> None:
        """Every few seconds: as long as there is no point, in the form beside it; then to another
        screen and back. One that is not answered when the lesson ends counts as long as it took
        until then."""
        screens = chain.from_iterable((screen, "Train") for screen in cycle(SCREENS))
        end = self.began + self.lesson.seconds
        while time.time() + self.size.every < end:
            await asyncio.sleep(self.size.every)
            if pupil.first is None:
                answered = visitor.enter("Stop at step", 1000 + len(pupil.clicks))
            else:
                answered = visitor.go(next(screens))
            began = time.time()
            with suppress(TimeoutError):
                await asyncio.wait_for(answered, max(0.0, end - began))
            pupil.clicks.append(time.time() - began)
        await asyncio.sleep(max(0.0, end - time.time()))


async def _see(pupil: Pupil, visitor: Any) -> None:
    """Note the pupil's run, and when its page shows a training point."""

    def point() -> bool:
        pupil.run = parse_qs(visitor.query).get("run", [pupil.run])[0]
        return visitor.figures.get("Step", "")[:1].isdigit()

    await visitor.until(point, most=None)
    pupil.first = time.time()


# What is read afterwards --------------------------------------------------------------------------


def _compare(lesson: Lesson, heard: Path) -> None:
    """Count the messages, and those that hold the run or the seed of another."""
    for place, pupil in enumerate(lesson.pupils):
        others = [one for one in lesson.pupils if one is not pupil]
        marks = [mark.encode() for one in others for mark in (str(one.seed), one.run) if mark]
        for message in messages(heard / str(place)):
            lesson.messages += 1
            lesson.crossed += any(mark in message for mark in marks)


def messages(file: Path) -> Iterator[bytes]:
    """Those of a file of messages, each after its length."""
    with file.open("rb") as stream:
        while head := stream.read(LENGTH.size):
            yield stream.read(*LENGTH.unpack(head))
