"""Runs that start from a trained model: what they take of it, keep, refuse, and go on from."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import load_checkpoint
from lm_core.device import choose_device
from lm_core.errors import BadCheckpoint, BadSettings, LabError
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import CorpusSpec, RunSpec, StartSpec
from lm_core.runs.starting import folder_of
from lm_core.runs.training_run import TrainingRun
from lm_core.runs.tuned import outcome
from lm_core.runs.tuning import tuning_spec
from lm_core.training import Budget, Control
from lm_core.training.events import Step
from tests.tiny import NAMES

OWN = {
    "full": {},
    "layers": {"layers": "head"},
    "lora": {"rank": 2},
    "soft-prompt": {"prompt": 4},
}
BASE = "names-transformer"


@pytest.fixture
def towns(tmp_path: Path) -> CorpusSpec:
    path = tmp_path / "towns.txt"
    path.write_text("\n".join(f"{name}ton" for name in NAMES), encoding="utf-8")
    return CorpusSpec(name="file", file=str(path), items=True)


def spec_of(towns: CorpusSpec, method: str, base: str = BASE, steps: int = 4) -> RunSpec:
    adapter = AdapterSettings(method=method, **OWN[method])
    return tuning_spec(base, towns, adapter, budget=Budget(steps=steps))


def trained(spec: RunSpec, folder: Path, *, until: int = 0, **how: object) -> TrainingRun:
    """To its end, or stopped after a step."""
    control = Control()
    run = TrainingRun(prepare(spec), folder, choose_device("cpu", 1), control=control, **how)
    for event in run:
        if isinstance(event, Step) and event.step == until:
            control.stop()
    return run


@pytest.mark.parametrize("method", OWN)
def test_it_takes_weights_and_tokenizer_and_keeps_what_does_not_learn(
    towns: CorpusSpec, method: str, tmp_path: Path
) -> None:
    base = load_checkpoint(folder_of(BASE))
    prepared = prepare(spec_of(towns, method))
    assert prepared.codec.to_dict() == base.codec.to_dict()
    assert base.title in prepared.begun
    idx = prepared.data["train"].ids[:20].unsqueeze(0)
    if method != "soft-prompt":
        with torch.inference_mode():
            torch.testing.assert_close(prepared.model.eval()(idx)[0], base.model(idx)[0])
    run = trained(spec_of(towns, method), tmp_path / "tuned")
    saved = load_checkpoint(run.folder)
    with torch.inference_mode():  # as it was kept, adapter and all
        torch.testing.assert_close(saved.model(idx)[0], run.trainer.model.eval()(idx)[0])
    learns = {n for n, p in saved.model.named_parameters() if p.requires_grad}
    if method == "full":
        assert learns == {n for n, _ in saved.model.named_parameters()}
        return
    now = {
        n.replace(".parametrizations.weight.original", ".weight"): p
        for n, p in saved.model.state_dict().items()
        if n not in learns
    }
    was = {n: p for n, p in base.model.state_dict().items() if n not in learns}
    assert all(torch.equal(now[name], tensor) for name, tensor in was.items())


@pytest.mark.parametrize("method", ["lora", "soft-prompt", "layers"])
def test_stopped_and_resumed_is_never_stopped(
    towns: CorpusSpec, method: str, tmp_path: Path
) -> None:
    whole = trained(spec_of(towns, method, steps=6), tmp_path / "whole")
    trained(spec_of(towns, method, steps=6), tmp_path / "cut", until=3)
    begun = load_checkpoint(tmp_path / "cut")
    assert begun.meta["step"] == 3
    on = trained(spec_of(towns, method, steps=6), tmp_path / "cut", begun=begun)
    one, other = (run.trainer.model.state_dict() for run in (whole, on))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_text_longer_than_the_context_leaves_a_prompt_its_places(tmp_path: Path) -> None:
    """Rows of running text fill the context, in which a prompt has its places too."""
    path = tmp_path / "text.txt"
    path.write_text(" ".join(NAMES * 20).replace(" ", ""), encoding="utf-8")
    text = CorpusSpec(name="file", file=str(path))
    run = trained(spec_of(text, "soft-prompt"), tmp_path / "tuned")
    saved = load_checkpoint(run.folder)
    assert saved.meta["step"] == 4
    assert run.trainer.tokens == 4 * run.trainer.batches.batch_size * saved.model.context_size


def test_a_tuned_model_can_be_tuned_again(towns: CorpusSpec, tmp_path: Path) -> None:
    first = trained(spec_of(towns, "lora"), tmp_path / "first")
    again = prepare(spec_of(towns, "lora", str(first.folder)))
    idx = again.data["train"].ids[:20].unsqueeze(0)
    with torch.inference_mode():
        said = first.trainer.model.eval()(idx)[0]
        torch.testing.assert_close(again.model.eval()(idx)[0], said, atol=1e-5, rtol=1e-5)


def test_what_was_won_and_lost_is_measured_on_both_texts(towns: CorpusSpec, tmp_path: Path) -> None:
    run = trained(spec_of(towns, "full", steps=40), tmp_path / "tuned")
    found = outcome(run.prepared, run.trainer.model, most=2_000)
    assert found.gain.less > 0.05, "town names end in ton"
    assert found.forgetting.less < 0, "first names do not"
    nothing = outcome(run.prepared, load_checkpoint(folder_of(BASE)).model, most=2_000)
    assert nothing.gain.less == nothing.forgetting.less == 0


def test_an_old_text_that_is_not_here_is_said_and_not_fetched(
    towns: CorpusSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LM_LAB_DATA", raising=False)
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    spec = spec_of(towns, "lora", "checkpoints/shakespeare-transformer", steps=1)
    run = trained(spec, tmp_path / "tuned")
    found = outcome(run.prepared, run.trainer.model, most=500)
    assert (found.forgetting, found.gain.tokens > 0) == (None, True)
    assert "Tiny Shakespeare, is not on this machine" in found.why


def test_only_what_ships_and_runs_can_be_named_by_a_link() -> None:
    for named in (BASE, "run:Ab-3_x"):
        spec = {"start": {"folder": named}, "model": {"name": "transformer"}}
        assert RunSpec.from_dict(spec).start.folder == named
    for named in ("/etc", "../x", "a/b", "run:../../x", "~", "C:\\x", "x" * 200):
        spec = {"start": {"folder": named}}
        with pytest.raises(BadSettings, match="on the command line only"):
            RunSpec.from_dict(spec)
        assert RunSpec.from_dict(spec, trusted=True).start.folder == named


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_name": "lstm", "model": None}, "is of the family transformer"),
        ({"codec_name": "bpe", "codec": None}, "reads with the tokenizer char"),
    ],
)
def test_a_spec_that_is_not_the_models_own_says_what_to_change(
    towns: CorpusSpec, changes: dict, said: str
) -> None:
    with pytest.raises(BadSettings, match=said):
        prepare(replace(spec_of(towns, "full"), **changes))
    other = spec_of(towns, "full").with_texts({"model.n_layer": "1"})
    with pytest.raises(BadSettings, match=r"model\.n_layer"):
        prepare(other)


def test_a_start_that_is_gone_or_makes_no_sense_is_a_sentence(towns: CorpusSpec) -> None:
    with pytest.raises(BadCheckpoint, match="is not here any more"):
        tuning_spec("run:gone", towns)
    with pytest.raises(BadSettings, match="choose one of the two"):
        StartSpec(folder=BASE, origin="names")
    with pytest.raises(BadSettings, match="name one to start from"):
        StartSpec(method="lora")
    with pytest.raises(LabError):
        tuning_spec("translate-luong", towns)


@pytest.fixture
def ends(tmp_path: Path) -> CorpusSpec:
    """Names, and whether each ends in a vowel."""
    path = tmp_path / "ends.csv"
    rows = [f"{name},{'vowel' if name[-1] in 'aeiou' else 'other'}" for name in NAMES]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return CorpusSpec(name="file", file=str(path), kind="classes")


@pytest.mark.parametrize("method", ["full", "layers", "lora"])
def test_a_model_of_tokens_learns_classes_with_a_fresh_head(
    ends: CorpusSpec, method: str, tmp_path: Path
) -> None:
    """On the frozen network, on the tuned one, and on one with an adapter."""
    spec = spec_of(ends, method, steps=3)
    assert spec.task_name == "text-class"
    base, run = load_checkpoint(folder_of(BASE)), trained(spec, tmp_path / "classes")
    assert "Its last layer is new." in run.prepared.begun
    assert run.prepared.codec.tokenizer.to_dict() == base.codec.to_dict()
    saved = load_checkpoint(run.folder)
    own = {"answer.weight", "answer.bias"}
    learns = {n for n, p in saved.model.named_parameters() if p.requires_grad}
    assert own <= learns
    assert method != "layers" or learns == own
    assert saved.model.answer.weight.abs().sum() > 0
    was = base.model.state_dict()
    now = {
        n.removeprefix("encoder.").replace(".parametrizations.weight.original", ".weight"): p
        for n, p in saved.model.state_dict().items()
    }
    assert set(was) - {"head.weight"} <= set(now)
    same = all(torch.equal(now[n], was[n]) for n in was if n != "head.weight")
    assert same == (method != "full")
    assert outcome(run.prepared, run.trainer.model).gain is None


def test_an_encoder_learns_classes_and_a_translator_does_not(
    ends: CorpusSpec, towns: CorpusSpec, tmp_path: Path
) -> None:
    small = {"n_layer": 1, "n_embd": 16, "n_head": 2, "block_size": 16}
    spec = replace(
        RunSpec(data=towns, model_name="encoder", budget=Budget(steps=2)),
        model=RunSpec(model_name="encoder").model.from_dict(small),
    )
    trained(spec, tmp_path / "encoder")
    run = trained(spec_of(ends, "layers", str(tmp_path / "encoder")), tmp_path / "classes")
    assert run.prepared.spec.model_name == "encoder"
    assert set(run.prepared.data["validation"].answers.tolist()) <= {0, 1}
    with pytest.raises(LabError, match="is not learned from texts with a class"):
        tuning_spec("translate-transformer", ends)
