"""Parts of a model that learn while the others stay."""

import pytest
import torch

from lm_core.adapt.adapting import adapt, n_trainable, parts
from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.training.optimizers import OPTIMIZERS
from tests.tiny import READERS, lively_model, some_ids, tiny_model

NAMES = [e.name for e in READERS if e.build.learns_by == "gradient"]


@pytest.mark.parametrize("family", NAMES)
def test_every_weight_is_in_one_part(family: str) -> None:
    model = tiny_model(family)
    found = [name for names in parts(model).values() for name in names]
    assert sorted(found) == sorted(name for name, _ in model.named_parameters())


@pytest.mark.parametrize(
    ("family", "known"),
    [
        ("transformer", ["embedding", "0", "1", "head"]),
        ("lstm", ["embedding", "0", "1", "head"]),
        ("encoder", ["embedding", "0", "1", "head"]),
    ],
)
def test_blocks_are_parts_by_number(family: str, known: list[str]) -> None:
    assert set(parts(tiny_model(family))) >= set(known)


def test_only_the_chosen_parts_learn() -> None:
    model = lively_model("transformer")
    before = {name: p.clone() for name, p in model.state_dict().items()}
    adapt(model, AdapterSettings(method="layers", layers="1, head"))
    rule = OPTIMIZERS["adamw"](model, lr=0.05, weight_decay=0.1)
    idx = some_ids(4, 9, 27)
    model.train().nats(idx, idx.roll(-1, 1))[0].mean().backward()
    rule.step()
    moved = {name for name, p in model.state_dict().items() if not torch.equal(p, before[name])}
    assert moved == {*parts(model)["1"], *parts(model)["head"]}
    assert n_trainable(model) == sum(before[name].numel() for name in moved)


@pytest.mark.parametrize(
    ("layers", "said"), [("7", "'7' is no part"), ("", "No part is chosen"), (" , ", "No part")]
)
def test_parts_that_are_none_are_told_with_those_that_are(layers: str, said: str) -> None:
    with pytest.raises(BadSettings, match=f"{said}.*: choose among embedding, 0, 1, head"):
        adapt(tiny_model("transformer"), AdapterSettings(method="layers", layers=layers))


@pytest.mark.parametrize("family", ["ngram", "mixture"])
@pytest.mark.parametrize("method", ["layers", "lora", "soft-prompt"])
def test_what_counts_is_refused(family: str, method: str) -> None:
    with pytest.raises(BadSettings, match="counts"):
        adapt(tiny_model(family), AdapterSettings(method=method))


def test_settings_of_a_card_that_are_none_are_refused() -> None:
    assert AdapterSettings.said(None) == AdapterSettings()
    assert AdapterSettings.said({"origin": "names", "rank": 3}).rank == 3
    with pytest.raises(BadSettings):
        AdapterSettings.said({"rank": "many"})
