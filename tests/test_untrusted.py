"""Files of a stranger's making: weights too large to compute with, cards and curves that hold
anything. Either it works, or it is refused in a sentence."""

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from lm_core.adapt.adapting import adapt
from lm_core.adapt.lora import changes
from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import (
    ANY,
    SAID,
    load_checkpoint,
    load_history,
    read_meta,
    save_checkpoint,
)
from lm_core.cli import main
from lm_core.errors import BadCheckpoint, LabError
from lm_core.evaluation import evaluate, token_nats
from lm_core.generation import SamplerSettings, write_text
from lm_core.generation.beam import beam_search
from lm_core.generation.filling import fill_text
from lm_core.generation.samplers import sample
from lm_core.generation.writer import Writer
from lm_core.inspection.attention import attention_maps, has_attention
from lm_core.models import models
from lm_core.quantize.schemes import SCHEMES
from lm_core.quantize.whole import quantize
from tests.marks import fewer_examples, most_slow
from tests.tiny import NAMES, READERS, alphabet, encoded, lively_model, some_ids, stream

FAMILIES = [entry.name for entry in READERS]
LEARNED = [name for name in FAMILIES if models[name].build.learns_by == "gradient"]

# Weights ------------------------------------------------------------------------------------------


@pytest.fixture(params=most_slow(LEARNED, quick={*LEARNED} - {"encoder", "encoder-decoder", "gru"}))
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("size", most_slow([-3e38, 1e38, 2e18], quick=[2e18]))
def test_finite_but_huge_weights_are_refused_when_they_are_loaded(
    tmp_path: Path, family: str, size: float
) -> None:
    folder = save_checkpoint(tmp_path / "model", lively_model(family), alphabet(27), {})
    tensors = load_file(folder / "model.safetensors")
    for name in sorted(tensors):
        if tensors[name].is_floating_point():
            one = tensors | {name: torch.where(torch.arange(tensors[name].numel()) == 1, size, 0.0)}
            one[name] = one[name].view(tensors[name].shape)
            save_file(one, folder / "model.safetensors")
            meta = json.loads((folder / "meta.json").read_text())
            (folder / "meta.json").write_text(json.dumps(meta | {"sha256": {}}))
            if tensors[name].numel() > 1:
                with pytest.raises(BadCheckpoint, match="not all numbers to compute with"):
                    load_checkpoint(folder)


@pytest.mark.parametrize("size", [1e12, 1e18])
def test_a_change_that_makes_a_weight_huge_is_refused_when_it_is_loaded(
    tmp_path: Path, size: float
) -> None:
    """Both thin matrices of a LoRA are numbers to compute with, and their product is none."""
    how = AdapterSettings(method="lora", rank=2)
    model, card = adapt(lively_model("transformer"), how), {"spec": {"start": how.to_dict()}}
    assert load_checkpoint(save_checkpoint(tmp_path / "usual", model, alphabet(27), card))
    with torch.no_grad():
        for change in changes(model).values():
            change.A.fill_(size)
            change.B.fill_(size)
    folder = save_checkpoint(tmp_path / "huge", model, alphabet(27), card)
    with pytest.raises(BadCheckpoint, match="not all numbers to compute with"):
        load_checkpoint(folder)


@pytest.mark.parametrize("size", [2e18, math.nan, math.inf])
@pytest.mark.parametrize("scheme", most_slow(list(SCHEMES), quick=["int8", "nf4", "nf4-double"]))
def test_scales_that_make_a_weight_huge_are_refused_when_they_are_loaded(
    tmp_path: Path, scheme: str, size: float
) -> None:
    model = lively_model("transformer")
    packed = quantize(model, scheme)
    folder = save_checkpoint(tmp_path, model, alphabet(27), {}, quantized=packed)
    tensors = load_file(folder / "model.safetensors")
    floats = [name for name in tensors if "#" in name and tensors[name].is_floating_point()]
    assert floats
    for name in floats:
        huge = torch.full_like(tensors[name], size)
        save_file(tensors | {name: huge}, folder / "model.safetensors")
        meta = json.loads((folder / "meta.json").read_text())
        (folder / "meta.json").write_text(json.dumps(meta | {"sha256": {}}))
        with pytest.raises(BadCheckpoint, match="not all numbers to compute with"):
            load_checkpoint(folder)


@pytest.mark.parametrize("size", [1e18, 1e12, -1e17])
def test_what_a_model_says_is_text_or_a_sentence_whatever_its_weights(
    family: str, size: float
) -> None:
    """Products of many layers may still be past all numbers: whoever reads the scores says so."""
    model = lively_model(family)
    with torch.no_grad():
        for weight in model.parameters():
            weight *= size
    tokenizer = alphabet(27)
    ids = some_ids(40, 27)

    def filled() -> list[str]:
        return fill_text(model, tokenizer, "ab_c" if "_" not in tokenizer.chars else "a", seed=1)

    works = [
        lambda: write_text(model, tokenizer, "01", max_tokens=20),
        lambda: write_text(
            model, tokenizer, "01", max_tokens=20, sampler=SamplerSettings(temperature=0)
        ),
        lambda: write_text(
            model, tokenizer, "01", max_tokens=20, sampler=SamplerSettings(top_p=0.5)
        ),
        lambda: beam_search(model, [1, 2], width=2, max_tokens=3),
        lambda: [Writer(model, [1, 2]).step() for _ in range(3)],
        lambda: attention_maps(model, ids[:10]) if has_attention(model) else None,
        lambda: filled() if not model.causal else None,
    ]
    for work in works:
        try:
            found = work()
        except LabError:
            continue
        if isinstance(found, torch.Tensor):
            assert found.isfinite().all()
    assert len(token_nats(model, stream(ids))) == 39  # while it trains, not a number is a verdict
    assert isinstance(evaluate(model, stream(ids)).nats, float)


NUMBERS = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 3e38, -3e38])


@given(
    rows=st.lists(st.lists(NUMBERS, min_size=5, max_size=5), min_size=1, max_size=3),
    temperature=st.sampled_from([0.0, 1e-7, 0.5, 1.0, 100.0]),
    top_k=st.integers(0, 6),
    top_p=st.sampled_from([0.0, 0.5, 1.0]),
    min_p=st.sampled_from([0.0, 0.3]),
    typical=st.sampled_from([0.2, 1.0]),
    penalty=st.sampled_from([1.0, 2.0]),
)
def test_a_sampler_draws_a_token_or_says_that_there_is_none(
    rows, temperature, top_k, top_p, min_p, typical, penalty
) -> None:
    logits = torch.tensor(rows)
    settings = SamplerSettings(
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        min_p=min_p,
        typical=typical,
        repetition_penalty=penalty,
    )
    before = torch.zeros(len(rows), 2, dtype=torch.int64)
    try:
        drawn = sample(logits, settings, torch.Generator().manual_seed(0), before)
    except BadCheckpoint:
        assert not (logits.abs() < 1e37).all()
        return
    assert ((drawn >= 0) & (drawn < 5)).all()
    assert not logits.isnan().any()


# Cards and curves ---------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["NaN", "Infinity", "\ud800", "x" * 5000, 10**300]),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3)
    ),
    max_leaves=6,
)
CARD = {
    "title": "A model",
    "corpus": {"name": "names", "title": "Names", "licence": "", "items": True},
    "counts": {"train": {"tokens": 9, "characters": 9, "bytes": 9}},
    "metrics": {
        "validation": {
            "nats_per_token": 2.5,
            "tokens": 9,
            "whole_split": True,
            "metrics": {"perplexity": 12.2},
        },
    },
    "spec": {"corpus": {"name": "names"}, "tokenizer": {"name": "char"}},
    "step": 3,
    "tokens": 9,
    "seconds": 0.5,
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with a card, a curve and what a resumed run needs."""
    tokenizer, _ = encoded(NAMES, items=True)
    model = lively_model("mlp", tokenizer.vocab_size)
    folder = tmp_path_factory.mktemp("kept") / "model"
    training = {"optimizer.0.step": torch.tensor(1.0)}
    curve = {"points": [[1, 3.5]], "evaluations": [[1, 3.0]]}
    save_checkpoint(folder, model, tokenizer, CARD, training=training, history=curve)
    return folder


def places(value: Any, way: tuple = ()) -> Iterator[tuple]:
    """Where something stands in nested JSON."""
    yield way
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*way, key))


def put(value: Any, way: tuple, what: Any) -> Any:
    """A copy of `value` with `what` in that place."""
    if not way:
        return what
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[way[0]] = put(value[way[0]], way[1:], what)
    return changed


@fewer_examples()
@given(data=st.data())
def test_a_card_that_holds_anything_is_read_or_refused(kept: Path, data: st.DataObject) -> None:
    path = kept / "meta.json"
    true = path.read_text()
    card = json.loads(true)
    way = data.draw(st.sampled_from([way for way in places(card) if way]))
    try:
        path.write_text(json.dumps(put(card, way, data.draw(JSON))))
        try:
            meta = read_meta(kept)
        except BadCheckpoint:
            return
        for name in set(SAID) & set(meta):
            assert_form(meta[name], SAID[name])
        for args in (["score", "--text", "emma"], ["generate", "--max-tokens", "3"]):
            assert main([args[0], str(kept), *args[1:]]) in (0, 2)
        assert main(["evaluate", str(kept)]) in (0, 2)
    finally:
        path.write_text(true)


def assert_form(value: Any, form: Any) -> None:
    if isinstance(form, dict):
        for name, part in value.items():
            assert_form(part, form.get(name, form.get(ANY, object)))
    else:
        assert isinstance(value, form)


@pytest.mark.parametrize(
    "key",
    most_slow(["step", "tokens", "seconds", "counts", "spec", "metrics"], quick=["spec"]),
)
@fewer_examples()
@given(value=JSON)
def test_a_resumed_card_that_holds_anything_goes_on_or_is_refused(
    kept: Path, key: str, value: Any
) -> None:
    folder = kept.with_name("other")
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    card = json.loads((kept / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(card | {key: value}))
    assert main(["train", "--resume", str(folder), "--steps", "1"]) in (0, 2)


@given(
    points=JSON,
    evaluations=st.lists(st.tuples(JSON, JSON) | JSON, max_size=3),
)
def test_a_curve_that_holds_anything_is_read_or_refused(
    kept: Path, points: Any, evaluations: Any
) -> None:
    path = kept / "history.json"
    path.write_text(json.dumps({"points": points, "evaluations": evaluations}))
    try:
        found = load_history(kept)
    except BadCheckpoint:
        return
    rows = [*found["points"], *found["evaluations"]]
    assert all(type(step) is int and type(nats) is float for step, nats in rows)


@pytest.mark.parametrize(
    "row",
    [
        "[Infinity, 1.0]",
        '["Infinity", 1.0]',
        "[NaN, 1.0]",
        "[1e999, 1.0]",
        "[1, 1e999]",
        f"[1, {'9' * 400}]",
        f"[{'9' * 5000}, 1]",
        "[" * 500 + "]" * 500,
        "[" * 100_000,
    ],
    ids=lambda row: row[:16],
)
def test_a_curve_past_all_numbers_is_refused(kept: Path, row: str) -> None:
    (kept / "history.json").write_text(f'{{"points": [{row}], "evaluations": []}}')
    with pytest.raises(BadCheckpoint, match=r"history\.json"):
        load_history(kept)


@pytest.mark.parametrize("nats", ["Infinity", '"Infinity"', "-Infinity", '"NaN"', "NaN"])
def test_an_infinite_loss_in_a_curve_is_one(kept: Path, nats: str) -> None:
    (kept / "history.json").write_text(f'{{"points": [[1, {nats}]], "evaluations": []}}')
    ((step, found),) = load_history(kept)["points"]
    assert step == 1
    assert not math.isfinite(found)
