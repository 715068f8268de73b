"""What transformers itself opens of a model that this lab wrote, and that comes back."""

import json
from pathlib import Path

import pytest
import torch

from lm_core.adapt import lora
from lm_core.adapt.adapting import adapt
from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from lm_core.cli import main
from lm_core.errors import BadSettings, Unsupported
from lm_core.export import export_checkpoint, refused
from lm_core.runs.starting import folder_of
from lm_core.tokenizers import tokenizers
from tests.foreign.models import TEXT, bare, saved
from tests.marks import most_slow
from tests.tiny import alphabet, lively_model, stir, tiny_model

V = 27
GPT2 = {"position": "learned", "norm": "layer", "qk_norm": False, "activation": "gelu"}
LLAMA = {"position": "rotary", "norm": "rms-scale", "qk_norm": False, "activation": "swiglu"}
BUILT = [
    {**GPT2, "bias": True, "tied": True, "activation": "relu", "norm_eps": 1e-3, "mlp_width": 40},
    {**LLAMA, "n_kv_head": 2, "rotary_base": 500.0, "norm_eps": 1e-5},
    {**GPT2, "activation": "gelu-tanh"},  # without biases: GPT-2's are zeros
    {**LLAMA, "tied": True},
]
CLOSE = {"atol": 1e-4, "rtol": 1e-4}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


def checkpoint(folder: Path, *, codec=None, start: dict | None = None, **changes) -> Checkpoint:
    codec = codec or alphabet(V)
    model = lively_model("transformer", codec.vocab_size, **changes)
    if start:
        adapt(model, AdapterSettings.said(start))
        for low in lora.changes(model).values():
            stir(low)
    card = {"spec": {"start": start}} if start else {}
    return load_checkpoint(save_checkpoint(folder, model, codec, card))


def opens(folder: Path, ours: Checkpoint) -> None:
    """Model and tokenizer, as anybody's program opens them, say what ours say."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    theirs, told = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(told[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    idx = torch.randint(ours.model.vocab_size, (2, 16), generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        said = ours.model(idx)[0]
        assert said.abs().max() > 0.1
        torch.testing.assert_close(theirs.eval()(idx).logits, said, **CLOSE)
    words = AutoTokenizer.from_pretrained(folder)
    assert len(words) == ours.model.vocab_size
    text = ours.tokenizer.decode(range(1, min(20, ours.tokenizer.vocab_size)))
    ids = ours.tokenizer.encode(text).tolist()
    assert words.encode(text) == ids
    assert words.decode(ids) == text


@pytest.mark.parametrize("changes", most_slow(BUILT, quick=BUILT[:2]))
def test_transformers_opens_a_model_of_ours(changes: dict, tmp_path: Path) -> None:
    pairs = tokenizers["bpe"].build.train([TEXT], tokenizers["bpe"].settings(vocab_size=280))
    ours = checkpoint(tmp_path / "model", codec=pairs, **changes)
    done = export_checkpoint(ours, "transformers", tmp_path / "out")
    assert done.max_difference <= 1e-4
    assert done.bytes == sum(path.stat().st_size for path in done.files)
    names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    assert [path.name for path in done.files] == names
    opens(done.out, ours)
    again = load_checkpoint(folder_of(str(done.out)))  # and this lab, as somebody else's
    assert again.tokenizer.to_dict() == pairs.to_dict()
    idx = torch.arange(12).view(1, 12)
    with torch.inference_mode():
        torch.testing.assert_close(again.model(idx)[0], ours.model(idx)[0], **CLOSE)


@pytest.mark.parametrize("kind", most_slow(["gpt2", "llama"], quick=["llama"]))
def test_somebody_elses_model_goes_back_as_it_came(kind: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    saved(tmp_path / "theirs", kind)
    ours = load_checkpoint(folder_of(str(tmp_path / "theirs")))
    done = export_checkpoint(ours, "transformers", tmp_path / "back")
    opens(done.out, ours)
    came, went = (load_file(tmp_path / one / "model.safetensors") for one in ("theirs", "back"))
    assert set(came) == set(went)
    assert all(torch.equal(came[name], went[name]) for name in came)


def test_what_was_fine_tuned_goes_with_its_changes_added_up(tmp_path: Path) -> None:
    """And characters are a tokenizer too."""
    start = {"origin": "names", "method": "lora", "rank": 2}
    ours = checkpoint(tmp_path / "model", start=start, **GPT2)
    assert lora.changes(ours.model)
    done = export_checkpoint(ours, "transformers", tmp_path / "out")
    opens(done.out, ours)


def test_the_command_packs_it_where_the_name_says_so(tmp_path: Path, capsys) -> None:
    import zipfile

    bare(tmp_path / "theirs")
    folder = folder_of(str(tmp_path / "theirs"))
    out = tmp_path / "deep" / "mine.zip"
    command = ["export", str(folder), "--format", "transformers", "--out", str(out), "--json"]
    assert main(command) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["out"] == str(out)
    with zipfile.ZipFile(out) as packed:
        assert "mine/config.json" in packed.namelist()
        assert json.loads(packed.read("mine/config.json"))["model_type"] == "gpt2"


def test_what_cannot_be_written_so_is_a_sentence(tmp_path: Path) -> None:
    usual = checkpoint(tmp_path / "usual")
    lstm = save_checkpoint(tmp_path / "lstm", tiny_model("lstm"), alphabet(V), {})
    soft = checkpoint(tmp_path / "soft", start={"method": "soft-prompt", "prompt": 3}, **GPT2)
    text = tokenizers["word"].build.train([TEXT])
    words = checkpoint(tmp_path / "words", codec=text, **GPT2)
    for one, why in (
        (usual, "neither GPT-2 nor Llama"),
        (load_checkpoint(lstm), "neither GPT-2 nor Llama"),
        (soft, "A soft prompt stands before"),
        (words, "byte pairs or of characters"),
    ):
        with pytest.raises(Unsupported, match=why):
            export_checkpoint(one, "transformers", tmp_path / "out")
        assert one is words or why in refused(one.meta, "transformers")
    with pytest.raises(BadSettings, match="holds files already"):
        export_checkpoint(usual, "transformers", tmp_path / "usual")
    assert not (tmp_path / "out").exists()
