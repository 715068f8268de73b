"""The text that stays the same, scored beside the plain computation."""

import math

import pytest
import torch
from torch.nn import functional as F

from lm_core.corpora.own import own_corpus, save_own
from lm_core.encoded import Encoded
from lm_core.models import models
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.probing import TOKENS, Probe, beginning
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Evaluated, Event, Probed
from tests.tiny import NAMES, TEXT, encoded, tiny_settings


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def ready(family: str = "transformer", *, items: bool = False, **changes) -> Prepared:
    text = "\n".join(NAMES) if items else TEXT
    key = save_own(own_corpus(text, title="Mine", items=items))
    settings = models[family].settings(**tiny_settings(family, **changes))
    spec = RunSpec(
        data=CorpusSpec(name="own", text=key, items=items),
        model_name=family,
        model=settings,
        train=TrainSettings(batch_size=4, eval_every=4),
        budget=Budget(steps=10),
    )
    return prepare(spec)


def trained(prepared: Prepared, probe: Probe) -> list[Event]:
    """Everything that a run with the probe at its side says."""
    s = prepared.spec
    trainer = Trainer(
        prepared.task,
        prepared.model,
        prepared.data,
        settings=s.train,
        budget=s.budget,
        aside=[probe],
    )
    return list(trainer.run())


def test_the_same_tokens_are_scored_at_each_evaluation_as_torch_scores_them() -> None:
    prepared = ready(block_size=64)
    probe = Probe(prepared)
    shown = trained(prepared, probe)
    probed = [event for event in shown if isinstance(event, Probed)]
    assert [e.step for e in probed] == [e.step for e in shown if isinstance(e, Evaluated)]
    ids = prepared.data["validation"].ids[:TOKENS]
    assert probe.tokens == [prepared.tokenizer.token_text(id) for id in ids.tolist()]
    prepared.model.eval()
    with torch.no_grad():
        logits, _ = prepared.model(ids[None, :-1])
    plain = F.cross_entropy(logits[0], ids[1:], reduction="none")
    assert math.isnan(probed[-1].nats[0])  # nothing stands before it
    torch.testing.assert_close(torch.tensor(probed[-1].nats[1:]), plain, rtol=1e-4, atol=1e-5)
    assert probed[0].nats[1:] != probed[-1].nats[1:]


@pytest.mark.parametrize("family", ["ngram", "lstm", "encoder"])
def test_every_kind_of_family_is_scored_whole(family: str) -> None:
    prepared = ready(family, items=True)
    probe = Probe(prepared)
    probed = [event for event in trained(prepared, probe) if isinstance(event, Probed)]
    assert probed
    assert {len(event.nats) for event in probed} == {len(probe.tokens)}
    assert all(math.isfinite(n) for event in probed for n in event.nats[1:])


def test_items_are_whole() -> None:
    tokenizer, text = encoded(NAMES, items=True)
    found = beginning(text)
    assert len(found.ids) <= TOKENS
    assert found.ids[-1] == tokenizer.boundary_id
    assert len(found.starts) == tokenizer.decode(found.ids).strip().count("\n") + 1
    assert torch.equal(found.starts, text.starts[: len(found.starts)])


def test_one_long_item_is_cut_and_a_short_text_is_taken_whole() -> None:
    _, long = encoded(["x" * 100, "y"], items=True)
    assert (len(beginning(long).ids), len(beginning(long).starts)) == (TOKENS, 1)
    _, short = encoded(["ab"], items=True)
    assert torch.equal(beginning(short).ids, short.ids)
    zero = torch.zeros(1, dtype=torch.int64)
    text = Encoded(torch.arange(5), zero, items=False, characters=5, bytes=5)
    assert torch.equal(beginning(text).ids, text.ids)


def test_where_nothing_is_held_out_the_training_text_is_scored() -> None:
    prepared = ready()
    del prepared.data["validation"]
    assert torch.equal(Probe(prepared).text.ids, prepared.data["train"].ids[:TOKENS])
