"""How well texts are sorted, and how well by one who looks at none."""

import math
from collections import Counter
from pathlib import Path

import pytest

from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadText
from lm_core.runs.prepare import prepare
from lm_core.runs.sorting import sorts, sorts_blindly
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.tuning import tuning_spec
from lm_core.training import Budget
from tests.tiny import NAMES


def test_blind_guessing_is_the_most_frequent_class_and_an_untrained_head_says_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ends.csv"
    rows = [f"{name},{'vowel' if name[-1] in 'aeiou' else 'other'}" for name in NAMES]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    text = CorpusSpec(name="file", file=str(path), kind="classes")
    how = AdapterSettings(method="layers", layers="head")
    prepared = prepare(tuning_spec("names-transformer", text, how, budget=Budget(steps=1)))
    model, data = prepared.model, prepared.data
    blind, fresh = sorts_blindly(prepared, model), sorts(prepared, model)
    seen, real = (Counter(data[part].answers.tolist()) for part in ("train", "validation"))
    usual, n = max(seen, key=seen.get), real.total()
    assert blind.texts == fresh.texts == n
    assert blind.accuracy == pytest.approx(real[usual] / n)
    share = real[usual] / n  # its precision, with a recall of 1; the other class has an F1 of 0
    assert blind.f1 == pytest.approx(2 * share / (1 + share) / len(real))
    total = seen.total() + 2
    nats = -sum(real[k] * math.log((seen[k] + 1) / total) for k in real) / n
    assert blind.nats == pytest.approx(nats)
    assert fresh.nats == pytest.approx(math.log(2))  # it starts with both alike
    assert fresh.error == pytest.approx(math.sqrt(fresh.accuracy * (1 - fresh.accuracy) / n))
    few = sorts_blindly(prepared, model, most=10)
    assert few.texts == sorts(prepared, model, most=10).texts < n
    del data["validation"]
    with pytest.raises(BadText, match="No text was kept"):
        sorts(prepared, model)
