import json

import pytest

from lm_core.doctor.verdicts import ALARM, OK, SEVERITIES, Verdict
from lm_core.training.events import Diagnosed


def test_a_verdict_becomes_an_event_and_plain_json():
    verdict = Verdict("too_hot", ALARM, "It was 9, the limit is 3.", "Lower it.", "train.lr")
    assert verdict.at(7) == Diagnosed(
        7, "too_hot", "alarm", "It was 9, the limit is 3.", "Lower it.", "train.lr"
    )
    assert Verdict(**json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_a_good_verdict_needs_no_cure():
    assert Verdict("fine", OK, "All is well.").to_dict() == {
        "code": "fine",
        "severity": "ok",
        "text": "All is well.",
        "cure": "",
        "control": "",
    }


def test_severities_are_three():
    assert SEVERITIES == ("ok", "note", "alarm")
    with pytest.raises(ValueError, match="ok, note, alarm"):
        Verdict("x", "warning", "?")
