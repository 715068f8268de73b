"""The entrances by name: `@target(COUNT)` makes a function one of them."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

Target = Callable[[random.Random, Path], Any]
TARGETS: dict[str, tuple[int, Target]] = {}  # name -> (how many inputs, what is done with each)


def target(count: int) -> Callable[[Target], Target]:
    def register(function: Target) -> Target:
        TARGETS[function.__name__] = count, function
        return function

    return register
