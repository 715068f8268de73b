"""What a step holds in memory, told from shapes alone, against PyTorch's own counters: every
family."""

import itertools

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from lm_core.corpora.own import own_corpus, save_own
from lm_core.corpora.own_pairs import pairs_of
from lm_core.models import models
from lm_core.models.building import blueprint
from lm_core.runs.operations import shipped_for
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks import tasks
from lm_core.training import Budget, TrainSettings
from lm_core.training.batches import Batch
from lm_core.training.step_memory import Held, counted, foretold
from tests.marks import most_slow
from tests.tiny import TEXT

ALL = [(e.name, task) for e in models for task in e.build.tasks if not task.startswith("text-")]
SLOW = {"rnn-forecaster", "gru-forecaster", "ensemble", "wavenet", "residual"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def data_for(task: str) -> CorpusSpec:
    """Rows without padding, which a blueprint cannot know of."""
    kind = tasks[task].build.kinds[0] if tasks[task].build.kinds else "text"
    if kind not in ("text", "pairs"):
        return CorpusSpec(name=shipped_for(task))
    if kind == "pairs":
        words = map("".join, itertools.islice(itertools.permutations("abcdefgh", 6), 300))
        rows = "\n".join(f"{word}\t{word[::-1]}" for word in words)
        return CorpusSpec(name="own", text=save_own(pairs_of(rows, title="Mine")), kind="pairs")
    return CorpusSpec(name="own", text=save_own(own_corpus(TEXT * 8, title="Mine", items=False)))


def ready(family: str, task: str) -> tuple[Prepared, Batch]:
    reads = "char" if models[family].build.of_text else None
    spec = default_spec(data_for(task), family, task=task, tokenizer=reads, budget=Budget(steps=1))
    prepared = prepare(spec)
    rows = spec.train.batch_size
    made = prepared.task.batches(prepared.model, prepared.data["train"], batch_size=rows, seed=0)
    return prepared, made.parts(0)[0][0]


def told(prepared: Prepared, batch: Batch, train: TrainSettings) -> Held:
    spec = prepared.spec
    sizes, make = prepared.codec.sizes, prepared.task.build
    model = blueprint(spec.model_name, spec.model.to_dict(), sizes, make)
    return foretold(prepared.task, model, batch, train)


@pytest.mark.parametrize(
    ("family", "task"), most_slow(ALL, quick=[one for one in ALL if one[0] not in SLOW])
)
def test_what_is_foretold_is_what_pytorch_counts(family: str, task: str) -> None:
    prepared, batch = ready(family, task)
    if not prepared.task.players(prepared.model):
        assert models[family].build.learns_by == "counting"
        return
    train = prepared.spec.train
    said, found = told(prepared, batch, train), counted(prepared.task, prepared.model, batch, train)
    assert said.weights == found.weights
    assert said.gradients == found.gradients
    assert said.optimizer == pytest.approx(found.optimizer, rel=0.01)
    assert said.kept == pytest.approx(found.kept, rel=0.1)
    assert said.total == pytest.approx(found.total, rel=0.1)


@pytest.mark.parametrize("optimizer", ["sgd", "sgd-momentum", "adam", "muon"])
def test_each_rule_remembers_what_is_foretold(optimizer: str) -> None:
    prepared, batch = ready("transformer", "next-token")
    train = TrainSettings(optimizer=optimizer, batch_size=len(batch))
    said, found = told(prepared, batch, train), counted(prepared.task, prepared.model, batch, train)
    assert said.optimizer == pytest.approx(found.optimizer, abs=8 * 100)  # steps that are counted


def test_the_counters_are_what_the_allocator_gave() -> None:
    """Of an MLP, whose way back needs little beside: all that torch holds when the way back begins
    is what is counted, and the batch."""
    prepared, batch = ready("mlp", "next-token")
    found = counted(prepared.task, prepared.model, batch, prepared.spec.train)
    model = prepared.model
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        each, _, _ = prepared.task.loss(model, *batch.inputs, None)
        loss = each.mean()
    events = [e for e in seen.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = sum(event.nbytes() for event in events)
    assert held == pytest.approx(found.kept, rel=0.1)
    loss.backward()
    own = [*model.parameters(), *(p.grad for p in model.parameters())]
    assert sum(t.nbytes for t in own) == found.weights + found.gradients


def test_a_giant_takes_no_memory_to_foretell() -> None:
    prepared, batch = ready("transformer", "next-token")
    wide = {"n_layer": 40, "n_embd": 4096, "n_head": 32, "block_size": 128}
    model = blueprint("transformer", wide, prepared.codec.sizes)
    found = foretold(prepared.task, model, batch, TrainSettings())
    assert all(weight.is_meta for weight in model.parameters())
    assert found.gradients == sum(p.nbytes for p in model.parameters())
    assert found.total > 100e9


def test_random_numbers_stay_where_they_were() -> None:
    prepared, batch = ready("mlp", "next-token")
    before = torch.get_rng_state()
    told(prepared, batch, prepared.spec.train)
    assert torch.equal(torch.get_rng_state(), before)
