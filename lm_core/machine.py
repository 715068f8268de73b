"""What this machine offers, found out without importing torch."""

import os
import platform


def cores() -> int:
    """Cores this process may use (a container may own fewer than the machine has)."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS and Windows have no affinity call
        return os.cpu_count() or 1


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            found = [line.split(":", 1)[1] for line in lines if line.startswith("model name")]
    except OSError:
        found = []
    return found[0].strip() if found else platform.processor() or platform.machine()
