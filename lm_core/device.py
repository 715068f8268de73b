"""Device and threads, with the reason in words. With which numbers a run computes there is said by
`training/precision.py`."""

from dataclasses import dataclass

import torch

from lm_core.errors import BadSettings
from lm_core.machine import cores


@dataclass(frozen=True)
class DeviceChoice:
    """Where the arithmetic runs. `reason` is a sentence for people."""

    device: torch.device
    threads: int
    reason: str

    def __str__(self) -> str:
        return f"{self.device.type.upper()}, {self.threads} thread{'s' * (self.threads != 1)}"


def choose_device(name: str = "auto", threads: int | None = None) -> DeviceChoice:
    """Pick a device. `name` is auto, cpu or cuda; `threads` None means every core.

    Raises:
        BadSettings: cuda was asked for by name and there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise BadSettings(f"device must be auto, cpu or cuda, not {name!r}.")
    if threads is not None and not 1 <= threads <= 1024:
        raise BadSettings(f"threads must be from 1 to 1024, not {threads}.")
    threads = threads or cores()
    has_cuda = torch.cuda.is_available()
    if name == "cuda" and not has_cuda:
        raise BadSettings("No CUDA device was found; use --device cpu or --device auto.")
    if name != "cpu" and has_cuda:
        title = torch.cuda.get_device_name(0)
        return DeviceChoice(torch.device("cuda"), threads, f"found {title}.")
    reason = "no GPU was found." if name == "auto" else "the CPU was asked for."
    return DeviceChoice(torch.device("cpu"), threads, reason)


def one_thread() -> None:
    """Let this process compute on one thread: a small model writes fastest so, and a page that
    looks inside models leaves the other cores to training."""
    torch.set_num_threads(1)
