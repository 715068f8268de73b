"""What this machine offers; all but `this_machine` is found out without importing torch."""

import ipaddress
import os
import platform
import socket
from pathlib import Path
from typing import Any

# Where a container's limit is written, what of it is used, and what of that can be given up.
GROUPS = (
    ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    (
        "/sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)

ELSEWHERE = "192.0.2.1"  # an address of no machine (RFC 5737)


def cores() -> int:
    """Cores this process may use (a container may own fewer than the machine has)."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS and Windows have no affinity call
        return os.cpu_count() or 1


def most_threads() -> int:
    """Threads that a computation may use: one for each core, or as many as OMP_NUM_THREADS says,
    where that is fewer; other libraries heed it, too."""
    said = os.environ.get("OMP_NUM_THREADS", "").strip()
    return min(cores(), int(said)) if said.isdecimal() and int(said) else cores()


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            found = [line.split(":", 1)[1] for line in lines if line.startswith("model name")]
    except OSError:
        found = []
    return found[0].strip() if found else platform.processor() or platform.machine()


def this_machine() -> dict[str, Any]:
    """What figures are measured on, and with what."""
    import torch

    from lm_core import __version__

    return {
        "processor": processor(),
        "cores": cores(),
        "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "lm_core": __version__,
    }


def network_address() -> str | None:
    """The IPv4 address by which others in the same network reach this machine: that of the card
    which leads elsewhere, found without sending anything, or what its name stands for. None where
    it is in no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as card:
        try:
            card.connect((ELSEWHERE, 1))
            found = card.getsockname()[0]
        except OSError:
            try:
                found = socket.gethostbyname(socket.gethostname())
            except OSError:
                return None
    return None if ipaddress.ip_address(found).is_loopback else found


def free_memory() -> int | None:
    """Bytes of main memory that are still free, of the machine's and of a container's own limit the
    smaller; None where the system does not say."""
    found = [_field("/proc/meminfo", "MemAvailable:", 1024), *(_left(*group) for group in GROUPS)]
    return min((number for number in found if number is not None), default=None)


def resident_memory() -> int | None:
    """Bytes of main memory that this process holds; None where the system does not say."""
    return _field("/proc/self/status", "VmRSS:", 1024)


def family_memory(process: int) -> int | None:
    """Bytes of main memory that a process holds with all that it has started; what several of them
    share is counted once where the system tells that (PSS). None where it does not say."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    family = {process}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(_held(Path("/proc") / str(one)) for one in family) or None


def _parent(process: Path) -> int:
    return _field(f"{process}/status", "PPid:", 1) or 0


def _held(process: Path) -> int:
    pss = _field(f"{process}/smaps_rollup", "Pss:", 1024)
    return _field(f"{process}/status", "VmRSS:", 1024) or 0 if pss is None else pss


def _left(folder: str, limit: str, used: str, spare: str) -> int | None:
    try:
        numbers = [int((Path(folder) / name).read_text()) for name in (limit, used)]
    except (OSError, ValueError):  # there is none, or it is "max"
        return None
    return max(0, numbers[0] - numbers[1] + (_field(f"{folder}/memory.stat", spare, 1) or 0))


def _field(file: str, name: str, unit: int) -> int | None:
    """The number after a name, in a file of the system with one a line."""
    try:
        with open(file, encoding="utf-8") as lines:
            return next(
                (int(one.split()[1]) * unit for one in lines if one.split()[0] == name), None
            )
    except (OSError, ValueError, IndexError):
        return None
