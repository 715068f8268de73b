"""Models in transformers' format say what transformers says; what cannot be read is a sentence."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer as Engine

from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadCheckpoint
from lm_core.foreign import transformers_folder
from lm_core.runs.starting import folder_of
from tests.foreign.models import END, TEXT, bare, changed, saved
from tests.marks import most_slow

CLOSE = {"atol": 1e-4, "rtol": 1e-4}
KINDS = [
    ("gpt2", {}),
    ("gpt2", {"activation_function": "relu", "n_inner": None, "layer_norm_epsilon": 1e-3}),
    ("llama", {}),
    ("llama", {"tie_word_embeddings": True, "num_key_value_heads": 4}),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("gpt2") / "model"
    bare(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    to = tmp_path / "model"
    to.mkdir()
    for file in whole.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


@pytest.mark.parametrize(("kind", "changes"), most_slow(KINDS, quick=[KINDS[2]]))
def test_it_says_what_transformers_says(kind: str, changes: dict, tmp_path: Path) -> None:
    theirs = saved(tmp_path / "model", kind, **changes)
    ours = load_checkpoint(folder_of(str(tmp_path / "model")))
    engine = Engine.from_file(str(tmp_path / "model" / "tokenizer.json"))
    text = "Alice sat by the bank, é \U0001f407 in 1865"
    ids = engine.encode(text).ids
    assert ours.codec.encode(text).tolist() == ids
    assert ours.codec.decode(ids) == text
    assert ours.codec.token_bytes(ours.codec.boundary_id) == b"\n"
    idx = torch.tensor([ids[:24]])
    with torch.inference_mode():
        torch.testing.assert_close(ours.model(idx)[0], theirs(idx).logits, **CLOSE)
    assert ours.model.n_parameters == theirs.num_parameters()


def test_it_is_kept_once_for_each_content(folder: Path) -> None:
    first = folder_of(str(folder))
    assert folder_of(str(folder)) == first
    weights = load_file(folder / "model.safetensors")
    save_file({k: 2 * v for k, v in weights.items()}, folder / "model.safetensors")
    assert folder_of(str(folder)) != first


def test_weights_in_several_files(folder: Path) -> None:
    whole = load_checkpoint(folder_of(str(folder))).model.state_dict()
    weights = load_file(folder / "model.safetensors")
    where = {name: f"part-{k % 2}.safetensors" for k, name in enumerate(sorted(weights))}
    for part in set(where.values()):
        save_file({n: weights[n] for n in where if where[n] == part}, folder / part)
    (folder / "model.safetensors").unlink()
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": where}))
    again = load_checkpoint(folder_of(str(folder))).model.state_dict()
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    index.write_text(json.dumps({"weight_map": {"a": "../model.safetensors"}}))
    with pytest.raises(BadCheckpoint, match="index of these weights is damaged"):
        folder_of(str(folder))


def test_a_vocabulary_in_two_files_and_half_precision(folder: Path) -> None:
    whole = load_checkpoint(folder_of(str(folder)))
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    lines = ["#version: 0.2", *(" ".join(m) for m in model["merges"])]
    (folder / "merges.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "tokenizer.json").unlink()
    weights = load_file(folder / "model.safetensors")
    half = {k: v.to(torch.bfloat16) for k, v in weights.items()}
    save_file(half, folder / "model.safetensors")
    again = load_checkpoint(folder_of(str(folder)))
    assert again.codec.encode(TEXT).tolist() == whole.codec.encode(TEXT).tolist()
    assert again.model.embedding.weight.dtype == torch.float32
    close = {"atol": 0.01, "rtol": 0.01}
    torch.testing.assert_close(again.model.state_dict(), whole.model.state_dict(), **close)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "BertForMaskedLM is not"),
        ({"architectures": ["GPT2ForSequenceClassification"]}, "is not causal"),
        ({"model_type": "mamba", "architectures": ["MambaForCausalLM"]}, "built as mamba"),
        ({"model_type": None, "architectures": None}, "built as none"),
        ({"activation_function": "silu"}, "activation_function silu"),
        ({"scale_attn_by_inverse_layer_idx": True}, "does not compute"),
        ({"n_layer": 3}, "do not fit"),
        ({"n_layer": "two"}, "no whole number for n_layer"),
        ({"n_head": 5}, "cannot build"),
        ({"n_embd": 10**9}, "cannot build"),
        ({"n_positions": 25}, "do not fit"),
        ({"n_inner": "wide"}, "cannot build"),
        ({"layer_norm_epsilon": "small"}, "no number for"),
        ({"vocab_size": 200}, "damaged"),
        ({"vocab_size": 100_000}, "65,536 at most"),
    ],
)
def test_a_description_of_something_else_is_a_sentence(
    folder: Path, changes: dict, why: str
) -> None:
    changed(folder, **changes)
    with pytest.raises(BadCheckpoint, match=why):
        folder_of(str(folder))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rope_parameters": {"rope_type": "llama3", "factor": 8.0}}, "rope_type llama3"),
        ({"rope_scaling": {"type": "linear"}, "rope_parameters": None}, "type linear"),
        ({"attention_bias": True}, "attention_bias True"),
        ({"head_dim": 16}, "head_dim 16"),
        ({"hidden_act": "gelu"}, "hidden_act gelu"),
        ({"rms_norm_eps": None}, "do not fit"),
    ],
)
def test_parts_that_ours_has_not_are_named(folder: Path, changes: dict, why: str) -> None:
    llama = {"hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2}
    llama |= {"num_attention_heads": 4, "max_position_embeddings": 24, "model_type": "llama"}
    changed(folder, **llama | {"architectures": ["LlamaForCausalLM"]} | changes)
    with pytest.raises(BadCheckpoint, match=why):
        folder_of(str(folder))


def test_damaged_files_are_a_sentence(folder: Path) -> None:
    weights, tokens = folder / "model.safetensors", folder / "tokenizer.json"
    content, said = weights.read_bytes(), json.loads(tokens.read_text())
    for bad in (content[: len(content) // 2], b"", b"\x80\x04junk" * 50):
        weights.write_bytes(bad)
        with pytest.raises(BadCheckpoint, match="cut short or damaged"):
            folder_of(str(folder))
    weights.write_bytes(content)
    numbers = load_file(weights)
    save_file({**numbers, "transformer.wte.weight": numbers["transformer.wte.weight"] / 0}, weights)
    with pytest.raises(BadCheckpoint, match="not all numbers"):
        folder_of(str(folder))
    weights.write_bytes(content)
    for change, why in (
        ({"normalizer": {"type": "Lowercase"}}, "of a kind"),
        ({"pre_tokenizer": {"type": "Whitespace"}}, "of a kind"),
        ({"model": {**said["model"], "type": "WordPiece"}}, "of a kind"),
        ({"model": {**said["model"], "vocab": None}}, "damaged"),
        ({"model": None}, "damaged"),
        ({"model": {**said["model"], "merges": ["zz qq"]}}, "damaged"),
    ):
        tokens.write_text(json.dumps(said | change))
        with pytest.raises(BadCheckpoint, match=why):
            folder_of(str(folder))
    tokens.unlink()
    with pytest.raises(BadCheckpoint, match=r"holds no tokenizer\.json"):
        folder_of(str(folder))


def test_a_pickle_is_never_opened(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(BadCheckpoint, match="a pickle, which can run any code"):
        folder_of(str(folder))
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(BadCheckpoint, match=r"holds no model\.safetensors"):
        folder_of(str(folder))


def test_another_end_is_the_boundary(folder: Path) -> None:
    """A vocabulary that calls it otherwise; and rows of the table that no token has."""
    said = json.loads((folder / "tokenizer.json").read_text())
    said["model"]["vocab"]["</s>"] = said["model"]["vocab"].pop(END)
    said["added_tokens"] = []
    (folder / "tokenizer.json").write_text(json.dumps(said))
    made = transformers_folder.read(folder, title="tiny")
    assert made.tokenizer.boundary_id == 0
    changed(folder, eos_token_id=None)
    with pytest.raises(BadCheckpoint, match="No token of this model ends a text"):
        transformers_folder.read(folder, title="tiny")
