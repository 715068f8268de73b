"""Ten thousand nasty inputs at every door: an answer or a sentence, never anything else.

`make test-slow ARGS="tests/fuzz"` runs all of them. An input that failed is made again with
`python -m tests.fuzz.runner NAME SEED 1 NUMBER`.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import inputs
from tests.fuzz.every import TARGETS
from tests.fuzz.runner import MOST_SECONDS

ROOT = Path(__file__).parents[2]
SEED = "lab"
MOST_MEMORY = 1.5e9  # bytes, for the whole process with torch in it
MOST_GROWN = 1e8  # bytes, over the second half of the inputs
ANSWERED = 0.03  # of the inputs: they have to get past the first door


def test_there_are_ten_thousand() -> None:
    assert sum(count for count, _ in TARGETS.values()) >= 10_000


def test_an_input_can_be_made_again() -> None:
    def made() -> list:
        rng = random.Random("x")
        whole = {"a": [1, {"b": 2}], "c": "d"}
        return [inputs.data(rng), inputs.text(rng), repr(inputs.changed(rng, whole))]

    assert made() == made()


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_an_answer_or_a_sentence(name: str) -> None:
    count, _ = TARGETS[name]
    command = [sys.executable, "-m", "tests.fuzz.runner", name, SEED, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["failures"] == [], "\n\n".join(said["failures"][:5])
    assert said["count"] == count
    assert said["answers"] >= ANSWERED * count
    assert said["longest"] < MOST_SECONDS
    assert said["memory"] < MOST_MEMORY
    assert said["grown"] < MOST_GROWN
