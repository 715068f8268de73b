"""Give one target its inputs, in its own process: `python -m tests.fuzz.runner NAME SEED COUNT`.

Input i is made from the seed `SEED-NAME-i`, so one that failed is made again by itself. Says as its
last line, in JSON, what went wrong, how long the longest took in seconds of the processor (a busy
machine is no fault), the most memory the process held, and how much more it held at the end than
after half of the inputs.
"""

import gc
import json
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType

MOST_SECONDS = 10.0  # of the processor, for one input


class TooLong(BaseException):
    """Past MOST_SECONDS; nothing of ours catches this."""


def too_long(number: int, frame: FrameType | None) -> None:
    raise TooLong


def main(name: str, seed: str, count: int, first: int = 0) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["LM_LAB_HOME"] = home
        from lm_core.errors import LabError
        from lm_core.machine import resident_memory
        from tests.fuzz.every import TARGETS

        signal.signal(signal.SIGPROF, too_long)
        _, function = TARGETS[name]
        failures, answers, longest, half = [], 0, 0.0, 0
        folder = Path(home) / "here"
        folder.mkdir()
        os.chdir(folder)
        for i in range(first, first + count):
            if i == first + count // 2:
                gc.collect()
                half = resident_memory() or 0
            rng = random.Random(f"{seed}-{name}-{i}")
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
            try:
                function(rng, folder)
                answers += 1
            except LabError as error:
                if len(str(error)) > 1000 or not str(error).strip():
                    failures.append(f"input {i}: a sentence of {len(str(error))} characters")
            except (Exception, TooLong):
                failures.append(f"input {i}: {traceback.format_exc()[-1500:]}")
            left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
            longest = max(longest, MOST_SECONDS - left)
        gc.collect()
        grown = (resident_memory() or 0) - half
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    said = {"count": count, "answers": answers, "failures": failures}
    print(json.dumps(said | {"longest": longest, "memory": most, "grown": grown}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *map(int, sys.argv[4:]))
