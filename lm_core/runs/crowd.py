"""What a budget of seconds means while many share the machine: seconds of computing, of which each
has a turn.

    alone          a minute is done in a minute
    13 on a place  it is done in thirteen; ten seconds are done in two
"""

from collections.abc import Callable, Mapping

IN_TIME = 180.0  # seconds that somebody in a class may wait for the end of a run
FELT = 1.25  # times as long as alone, from where on others are noticed


def fitting(offered: Mapping[str, float], done_in: Callable[[float], float]) -> str:
    """The largest budget that would be done IN_TIME from now, by name; the smallest where none
    would.

    Args:
        offered: name -> seconds of computing.
        done_in: in how many seconds from now so many would be computed.
    """
    in_time = [name for name, seconds in offered.items() if done_in(seconds) <= IN_TIME]
    return max(in_time, key=offered.get) if in_time else min(offered, key=offered.get)


def is_slowed(seconds: float, done: float) -> bool:
    """Whether so many seconds of computing, done so many from now, are held up by others."""
    return done >= FELT * seconds
