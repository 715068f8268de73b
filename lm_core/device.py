"""Device and threads, with the reason in words. How many threads a training uses is found while it
goes on (`training/threads.py`), unless their number was asked for; with which numbers it computes
is said by `training/precision.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch

from lm_core.errors import BadSettings
from lm_core.figures import count
from lm_core.machine import most_threads


@dataclass(frozen=True)
class DeviceChoice:
    """Where the arithmetic runs. `reason` is a sentence for people; `chosen`: so many threads, no
    more and no fewer."""

    device: torch.device
    threads: int
    reason: str
    chosen: bool = False

    def __str__(self) -> str:
        free = not self.chosen and self.threads > 1 and self.device.type == "cpu"
        threads = count(self.threads, "thread")
        return f"{self.device.type.upper()}, {f'up to {threads}' if free else threads}"

    @property
    def most(self) -> int | None:
        """Threads that a Trainer may choose among; None where there is nothing to choose."""
        return None if self.chosen else self.threads

    def settled(self) -> "DeviceChoice":
        """This choice with the number that torch is set to, as a training leaves it."""
        return replace(self, threads=torch.get_num_threads(), chosen=True)


def choose_device(
    name: str = "auto", threads: int | None = None, *, most: int | None = None
) -> DeviceChoice:
    """Pick a device. `name` is auto, cpu or cuda; `threads` None means as many as turn out best, up
    to `most`, or to `most_threads()`.

    Raises:
        BadSettings: cuda was asked for by name and there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise BadSettings(f"device must be auto, cpu or cuda, not {name!r}.")
    if threads is not None and not 1 <= threads <= 1024:
        raise BadSettings(f"threads must be from 1 to 1024, not {threads}.")
    chosen, threads = threads is not None, threads or most or most_threads()
    has_cuda = torch.cuda.is_available()
    if name == "cuda" and not has_cuda:
        raise BadSettings("No CUDA device was found; use --device cpu or --device auto.")
    if name != "cpu" and has_cuda:
        title = torch.cuda.get_device_name(0)
        return DeviceChoice(torch.device("cuda"), threads, f"found {title}.", chosen)
    reason = "no GPU was found." if name == "auto" else "the CPU was asked for."
    return DeviceChoice(torch.device("cpu"), threads, reason, chosen)


@contextmanager
def one_thread() -> Iterator[None]:
    """For writing a token at a time: several threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
