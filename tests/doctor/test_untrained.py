import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lm_core.doctor.untrained import BINS, MOST_ABOVE, Untrained, measure, untrained
from tests.doctor.patients import ITEMS, RUNNING, V, patient
from tests.tiny import READERS

TEXTS = {"items": ITEMS, "text": RUNNING}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("init", ["naive", "zero-logit"])
def test_the_loss_and_the_histogram_are_those_of_plain_torch(kind: str, init: str) -> None:
    who = patient("mlp", TEXTS[kind], init=init)
    found = untrained(who)

    batch, model = who.first_batch(), who.fresh().eval()
    with torch.no_grad():
        logits = model(batch.idx)[0]
    total, count, apart = 0.0, 0, []
    for b in range(len(batch.idx)):
        for t in range(batch.idx.size(1)):
            if batch.targets[b, t] >= 0:
                total += F.cross_entropy(logits[b, t].double(), batch.targets[b, t]).item()
                count += 1
                apart.append(logits[b, t].double() - logits[b, t].double().mean())
    apart = torch.stack(apart).numpy()
    edge = max(1.0, np.abs(apart).max())
    counts, edges = np.histogram(apart, BINS, range=(-edge, edge))

    assert found.tokens == count
    assert found.nats == pytest.approx(total / count, rel=1e-5)
    assert found.uniform_nats == pytest.approx(math.log(V))
    assert found.logit_std == pytest.approx(apart.std(), rel=1e-6, abs=1e-9)
    assert found.edges == pytest.approx(edges.tolist())
    assert sum(found.counts) == count * V
    assert np.abs(np.array(found.counts) - counts).sum() <= 2  # a number on an edge may go over


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("family", [entry.name for entry in READERS])
def test_no_healthy_family_starts_confidently_wrong(family: str, kind: str, seed: int) -> None:
    found = untrained(patient(family, TEXTS[kind], seed=seed))
    verdict = found.verdict()
    assert (verdict.code, verdict.severity) == ("untrained_ok", "ok"), verdict.text
    assert found.nats == pytest.approx(found.uniform_nats, rel=0.05)


@pytest.mark.parametrize("changes", [{"tied": True}, {"position": "learned", "tied": True}])
def test_a_shared_table_is_calm_enough(changes: dict) -> None:
    assert untrained(patient("transformer", **changes)).verdict().code == "untrained_ok"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_naive_start_is_named_and_the_cure_cures_it(seed: int) -> None:
    ill = patient("mlp", init="naive", seed=seed)
    verdict = untrained(ill).verdict()
    assert (verdict.code, verdict.severity) == ("confident_start", "alarm")
    assert verdict.control == "model.init"
    assert "zero-logit" in verdict.cure
    assert f"at most {MOST_ABOVE} above that" in verdict.text
    mended = replace(ill, settings=replace(ill.settings, init="zero-logit"))
    assert untrained(mended).verdict().code == "untrained_ok"


def test_what_kaiming_draws_is_no_alarm() -> None:
    assert untrained(patient("mlp", init="kaiming")).verdict().severity == "ok"


FINE = Untrained(3.3, 3.3, 10, 0.1, (-1.0, 1.0), (10,))


@pytest.mark.parametrize(
    ("nats", "code"),
    [
        (3.3, "untrained_ok"),
        (3.3 + MOST_ABOVE - 0.01, "untrained_ok"),
        (3.3 + MOST_ABOVE + 0.01, "confident_start"),
        (math.inf, "confident_start"),
        (math.nan, "confident_start"),
        (3.3 - MOST_ABOVE + 0.01, "untrained_ok"),
        (3.3 - MOST_ABOVE - 0.01, "knows_already"),
    ],
)
def test_the_verdict_turns_at_its_threshold(nats: float, code: str) -> None:
    verdict = replace(FINE, nats=nats).verdict()
    assert verdict.code == code
    assert (verdict.severity == "ok") == (code == "untrained_ok")


def test_a_model_that_learned_the_batch_knows_already() -> None:
    who = patient("mlp")
    model, batch = who.fresh(), who.first_batch()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(30):
        model.nats(batch.idx, batch.targets)[0].sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert measure(model, batch).verdict().code == "knows_already"


def test_the_finding_is_plain_json_and_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    data = untrained(patient("encoder")).data()
    assert torch.equal(torch.get_rng_state(), before)
    assert json.loads(json.dumps(data)) == data
    assert set(data) == {"nats", "uniform_nats", "logit_std", "tokens", "logits", "done"}
    assert len(data["logits"]["edges"]) == len(data["logits"]["counts"]) + 1
