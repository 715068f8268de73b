"""Step 0: what stands in both texts is found before a model is made, and said as a run would."""

from dataclasses import replace

import pytest

from lm_core.doctor.doubles import doubles
from lm_core.doctor.faults import LeakedSplit
from lm_core.encoded import encode_documents
from tests.doctor.patients import RUNNING, TOKENIZER, patient
from tests.tiny import NAMES

LETTERS = sorted(set("".join(NAMES)))[:10]
TRAIN = [a + b for a in LETTERS for b in LETTERS]


def listed(shared: int):
    """100 items to learn from, and 100 to be judged by, of which so many are the same."""
    held = [*TRAIN[:shared], *(f"{item}{item}" for item in TRAIN[shared:])]
    texts = {"train": TRAIN, "validation": held}
    return {split: encode_documents(t, TOKENIZER, items=True) for split, t in texts.items()}


@pytest.mark.parametrize(
    ("shared", "code", "severity"),
    [(0, "splits_apart", "ok"), (1, "splits_apart", "ok"), (3, "leaked_split", "note"),
     (50, "leaked_split", "alarm")],
)  # fmt: skip
def test_items_that_stand_in_both_are_counted(shared: int, code: str, severity: str) -> None:
    found = doubles(patient("bigram", listed(shared)))
    assert found.data() == {
        "leaked": shared / 100, "looked_for": 100, "window": 0, "fine": 0.01,
    }  # fmt: skip
    verdict = found.verdict()
    assert (verdict.code, verdict.severity) == (code, severity)
    assert "Of 100 items of the validation text" in verdict.text
    assert bool(verdict.cure) == (severity != "ok")


def test_a_training_that_leaks_is_found_out_by_its_texts() -> None:
    sick = replace(patient("mlp", listed(0)), make=LeakedSplit)
    assert doubles(sick).data()["leaked"] == 1
    assert doubles(sick).verdict().severity == "alarm"


def test_without_a_text_to_be_judged_by_there_is_nothing_to_count() -> None:
    verdict = doubles(patient("mlp", {"train": RUNNING["train"]})).verdict()
    assert (verdict.code, verdict.severity) == ("doubles_not_counted", "note")
