"""Which weights are quantized."""

import pytest

from lm_core.errors import BadSettings
from lm_core.quantize.choosing import chosen, layers_of, matrices
from tests.tiny import tiny_model


def test_all_matrices_and_no_norms_or_biases() -> None:
    model = tiny_model("transformer", norm="layer", bias=True)
    found = matrices(model)
    assert len(found) == 2 + 2 * 4
    assert not [name for name in found if "bias" in name or "norm" in name]
    assert matrices(tiny_model("transformer", tied=True)) == [
        name for name in matrices(tiny_model("transformer")) if name != "head.weight"
    ]


def test_some_of_them() -> None:
    model = tiny_model("transformer")
    assert chosen(model, "mlp") == [
        f"blocks.{k}.mlp.{side}.weight" for k in (0, 1) for side in ("up", "down")
    ]
    assert all(".attention." in name for name in chosen(model, "attention"))
    assert {name.split(".")[1] for name in chosen(model, "layers=1")} == {"1"}
    assert chosen(model, "layers=0,1") == sorted(
        [*chosen(model, "mlp"), *chosen(model, "attention")], key=matrices(model).index
    )
    recurrent = tiny_model("lstm", n_layer=2)
    assert set(chosen(recurrent, "layers=1")) == {"lstm.weight_ih_l1", "lstm.weight_hh_l1"}
    assert set(layers_of(recurrent, matrices(recurrent)).values()) == {0, 1}


@pytest.mark.parametrize(
    ("family", "only", "said"),
    [
        ("transformer", "heads", "choose mlp, attention or layers"),
        ("transformer", "layers=", "as in layers=0,1"),
        ("transformer", "layers=0;1", "as in layers=0,1"),
        ("transformer", "layers=0,7", "There is no layer 7: this model has layers 0 to 1"),
        ("lstm", "attention", "no attention layers"),
        ("neural-bigram", "layers=0", "no layers on top of each other"),
        ("ngram", "all", "counts and no matrices"),
    ],
)
def test_what_is_not_there_is_said(family: str, only: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        chosen(tiny_model(family), only)
