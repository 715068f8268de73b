"""A model quantized, kept in a folder, and read again as strictly as any other."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lm_core.checkpoints import CARD, WEIGHTS, load_checkpoint, save_checkpoint
from lm_core.errors import BadCheckpoint
from lm_core.generation import generate
from lm_core.quantize.schemes import SCHEMES
from lm_core.quantize.whole import quantize
from tests.tiny import alphabet, lively_model, some_ids

FAMILIES = ("transformer", "lstm", "gru", "mlp", "wavenet")


def kept(folder: Path, scheme: str = "nf4", only: str = "all", family: str = "transformer"):
    model = lively_model(family)
    stored = quantize(model, scheme, only)
    save_checkpoint(folder, stored.model(model), alphabet(27), {}, quantized=stored)
    return model, stored


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_folder_holds_the_codes_and_loads_as_the_model(scheme: str, tmp_path: Path) -> None:
    model, stored = kept(tmp_path, scheme)
    saved = load_checkpoint(tmp_path)
    assert saved.meta["quantized"] == {"scheme": scheme, "only": "all"}
    ids = some_ids(2, 9, 27)
    expected = stored.model(model)
    assert torch.equal(saved.model(ids)[0], expected(ids)[0])
    written = [step.ids.item() for step in generate(saved.model, [0], max_tokens=20, seed=1)]
    assert written == [s.ids.item() for s in generate(expected, [0], max_tokens=20, seed=1)]
    size = (tmp_path / WEIGHTS).stat().st_size
    assert stored.bytes < size < stored.bytes + 200 * len(stored.tensors) + 100
    assert stored.bytes == sum(tensor.nbytes for tensor in load_file(tmp_path / WEIGHTS).values())
    assert stored.bits_per_weight < 11 if "8" in scheme else stored.bits_per_weight < 5


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_and_nothing_of_the_model_itself_is_changed(
    family: str, tmp_path: Path
) -> None:
    model = lively_model(family)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    stored = quantize(model, "int4")
    small = stored.model(model)
    save_checkpoint(tmp_path, small, alphabet(27), {}, quantized=stored)
    small.requires_grad_(False)
    for weight in small.parameters():
        weight.zero_()
    assert all(torch.equal(model.state_dict()[name], was) for name, was in before.items())
    loaded = load_checkpoint(tmp_path).model
    for name, tensor in stored.decoded().items():
        assert torch.equal(loaded.state_dict()[name], tensor)
        if name in stored.rest:
            assert torch.equal(tensor, before[name])


def test_a_part_alone_and_a_tied_table(tmp_path: Path) -> None:
    model, stored = kept(tmp_path, only="mlp")
    loaded = load_checkpoint(tmp_path).model.state_dict()
    for name, weight in model.state_dict().items():
        assert torch.equal(loaded[name], weight) == (".mlp." not in name)
    tied = lively_model("transformer", tied=True)
    stored = quantize(tied, "int8")
    save_checkpoint(tmp_path / "tied", tied, alphabet(27), {}, quantized=stored)
    read = load_checkpoint(tmp_path / "tied").model
    assert read.head.weight is read.embedding.weight
    assert torch.equal(read.head.weight, stored.model(tied).embedding.weight)


def test_whoever_saves_float32_weights_does_not_call_them_quantized(tmp_path: Path) -> None:
    kept(tmp_path)
    saved = load_checkpoint(tmp_path)
    save_checkpoint(tmp_path / "again", saved.model, saved.codec, saved.meta)
    again = load_checkpoint(tmp_path / "again")
    assert "quantized" not in again.meta
    assert torch.equal(again.model.head.weight, saved.model.head.weight)


def change_card(folder: Path, **said: object) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | said))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"scheme": "int3", "only": "all"}, "There is no scheme 'int3'"),
        ({"scheme": "nf4", "only": "heads"}, "choose mlp, attention or layers"),
        ({"scheme": "nf4", "only": "layers=9"}, "There is no layer 9"),
        ({"scheme": "int8", "only": "all"}, "do not fit its description"),
        ({"scheme": "nf4", "only": "mlp"}, "do not fit its description"),
        ({"scheme": 4, "only": "all"}, "do not fit its description"),
        ({"scheme": "nf4"}, "says half of how it is quantized"),
        (None, "do not fit its description"),
    ],
)
def test_a_card_that_says_something_else_is_refused(said: object, why: str, tmp_path: Path) -> None:
    kept(tmp_path)
    change_card(tmp_path, quantized=said)
    with pytest.raises(BadCheckpoint, match=why):
        load_checkpoint(tmp_path)


def test_a_file_that_is_cut_or_changed_is_refused(tmp_path: Path) -> None:
    kept(tmp_path)
    file = tmp_path / WEIGHTS
    whole = file.read_bytes()
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}  # not the file
    for damaged in (whole[: len(whole) // 2], whole[:-1], b""):
        file.write_bytes(damaged)
        with pytest.raises(BadCheckpoint, match="damaged"):
            load_checkpoint(tmp_path)
    change_card(tmp_path, sha256={})
    name = "blocks.0.mlp.up.weight#codes"
    for other in (tensors[name][:-1], tensors[name].to(torch.int8), None):
        wrong = {k: other if k == name else v for k, v in tensors.items()}
        save_file({k: v for k, v in wrong.items() if v is not None}, file)
        with pytest.raises(BadCheckpoint, match=r"do not fit|damaged"):
            load_checkpoint(tmp_path)
    scale = "blocks.0.mlp.up.weight#scale"
    save_file(tensors | {scale: torch.full_like(tensors[scale], float("nan"))}, file)
    with pytest.raises(BadCheckpoint, match="not all numbers"):
        load_checkpoint(tmp_path)
