"""What a token takes and what a head adds: the model's own numbers, over all that ship."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lm_core.checkpoints import load_checkpoint
from lm_core.codecs import PairCodec
from lm_core.errors import Unsupported
from lm_core.inspection import take_values, text_ids, views_in, views_of_pair, views_of_text
from lm_core.inspection.values import attentions
from lm_core.inspection.views import CROSS, OWN, AttentionView
from lm_core.models.contract import Model
from tests.tiny import alphabet, lively_model, some_ids

V = 27
FOLDERS = Path(__file__).parents[2] / "checkpoints"
SHIPPED = [m.parent for m in sorted(FOLDERS.glob("*/meta.json")) if '"n_head"' in m.read_text()]


@contextmanager
def heard(*layers: nn.Module) -> Iterator[dict[nn.Module, tuple[Tensor, Tensor]]]:
    """What each was given of the first text, and what it made of it."""
    found: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def keep(module: nn.Module, given: tuple, made: Any) -> None:
        found[module] = given[0][0], (made[0] if isinstance(made, tuple) else made)[0]

    hooks = [layer.register_forward_hook(keep) for layer in layers]
    yield found
    for hook in hooks:
        hook.remove()


def outs(model: Model) -> list[nn.Module]:
    return [layer.out for name in views_in(model) for layer in attentions(model, name)]


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def compare(model: Model, views: list[AttentionView], found: dict) -> int:
    """Every head of every layer of every view, for the first and the last token."""
    compared = 0
    for view in views:
        for layer, attention in enumerate(attentions(model, view.name)):
            given, made = found[attention.out]
            for head in range(view.weights.size(1)):
                for row in (0, len(view.rows) - 1):
                    taken = take_values(model, view, layer, head, row)
                    part = slice(head * attention.D, (head + 1) * attention.D)
                    close(taken.weights.sum(), torch.tensor(1.0))
                    close(taken.shares.sum(0), given[row, part])
                    close(taken.output, given[row, part])
                    close(taken.added, attention.out.weight[:, part] @ given[row, part])
                    close(taken.together, made[row])
                    q, k = view.q[layer, head, row], view.k[layer, head, taken.seen]
                    scores = k @ q * len(q) ** -0.5
                    if view.bias is not None:
                        scores = scores + view.bias[layer, head, row, taken.seen]
                    close(scores.softmax(-1), taken.weights)
                    compared += 1
    return compared


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_transformer_that_ships(folder: Path) -> None:
    checkpoint = load_checkpoint(folder)
    model, codec = checkpoint.model, checkpoint.codec
    with torch.no_grad(), heard(*outs(model)) as found:
        if isinstance(codec, PairCodec):
            views = views_of_pair(
                model,
                some_ids(7, codec.source.vocab_size),
                some_ids(5, codec.target.vocab_size),
                codec,
            )
        else:
            text = "anna" if checkpoint.items else "the people"
            ids = text_ids(checkpoint.tokenizer, text, items=checkpoint.items)
            views = views_of_text(model, ids, checkpoint.tokenizer)
        assert compare(model, views, found) > 0


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("transformer", {"position": "alibi", "bias": True}),
        ("transformer", {"n_kv_head": 1, "norm_place": "after"}),
        ("transformer", {"attention": "average"}),
        ("encoder", {}),
        ("encoder-decoder", {}),
    ],
)
def test_settings_that_no_shipped_one_has(family: str, settings: dict[str, Any]) -> None:
    model = lively_model(family, V, **settings)
    with torch.no_grad(), heard(*outs(model)) as found:
        assert compare(model, views_of_text(model, some_ids(11, V), alphabet(V)), found)


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_stream_is_what_each_block_begins_with(place: str) -> None:
    model = lively_model("transformer", V, norm_place=place)
    with torch.no_grad(), heard(*model.blocks) as found:
        (view,) = views_of_text(model, some_ids(11, V), alphabet(V))
    for layer, block in enumerate(model.blocks):
        close(view.stream[layer], found[block][0])
        close(take_values(model, view, layer, 1, 4).stream, found[block][0][4])


def test_across_there_is_no_such_stream() -> None:
    model = lively_model("encoder-decoder", V)
    views = {view.name: view for view in views_of_text(model, some_ids(11, V), alphabet(V))}
    assert views[CROSS].stream is None
    assert views[OWN].stream is not None
    assert take_values(model, views[CROSS], 0, 0, 10).stream is None


def test_what_is_not_there_is_said() -> None:
    model = lively_model("transformer", V)
    (view,) = views_of_text(model, some_ids(5, V), alphabet(V))
    for place in ((2, 0, 0), (0, 2, 0), (0, 0, 5), (-1, 0, 0)):
        with pytest.raises(IndexError):
            take_values(model, view, *place)
    bare = AttentionView(**{**vars(view), "v": None})
    with pytest.raises(Unsupported, match="without values"):
        take_values(model, bare, 0, 0, 0)
