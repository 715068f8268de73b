"""What is made by rule can be learned to the last letter: two minutes of two cores, in the steps
that they are, with the usual settings (docs/translation.md has what the clock alone gave)."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main

pytestmark = pytest.mark.slow
STEPS = {  # corpus: steps of two minutes, the least share of unseen pairs to be right
    "dates-in-words": (725, 0.99),
    "numbers-in-words": (1400, 0.99),
    "numbers-en-fr": (1250, 0.98),
    "numbers-en-de": (1540, 0.98),
}


@pytest.mark.parametrize("corpus", STEPS)
def test_unseen_pairs_are_right_to_the_letter(
    corpus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps, least = STEPS[corpus]
    model = str(tmp_path / "model")
    args = ["--corpus", corpus, "--model", "encoder-decoder", "--steps", str(steps)]
    assert main(["train", *args, "--out", model]) == 0
    assert main(["evaluate", model, "--split", "test", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["metrics"]["exact match"] >= least
