"""How long a piece of work takes."""

import statistics
import time
from collections.abc import Callable


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Median wall time of `work()`."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def p95(times: list[float]) -> float:
    """The 95th percentile: of forty the second largest."""
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]
