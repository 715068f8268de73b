"""The models that ship, quantized: what it costs each of them on text that was kept from it."""

from functools import cache
from pathlib import Path

import pytest

from lm_core.checkpoints import Checkpoint, load_checkpoint, read_meta, task_from
from lm_core.corpora.load import is_ready
from lm_core.encoded import encode_documents, glimpse
from lm_core.evaluation import evaluate
from lm_core.models import models
from lm_core.quantize.whole import quantize
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import RunSpec
from lm_core.tokenizers import Tokenizer

SHIPPED = sorted(path.parent for path in Path(__file__).parents[2].glob("checkpoints/*/meta.json"))
TOKENS, EXAMPLES = 8_000, 200  # of names that is the whole split


def learns(folder: Path) -> bool:
    return models[read_meta(folder)["model"]["name"]].build.learns_by == "gradient"


NETWORKS = [folder for folder in SHIPPED if learns(folder)]
# Where equal steps lose less than NF4: what NF4 and int4 add to the loss over 200 examples.
OTHERWISE = {
    "digits-autoencoder": (0.0245, 0.0136),
    "digits-convolution": (0.0071, -0.0033),
    "translate-no-positions": (0.0143, 0.0025),
}
UNMOVED = ["translate-bahdanau", "translate-luong", "translate-none", "translate-transformer"]
TABLE = "names-neural-bigram"  # log frequencies: far from the normal weights that NF4 is made for
WRITERS = [folder for folder in NETWORKS if folder.name not in {*OTHERWISE, *UNMOVED}]


@cache
def loss(folder: Path, scheme: str) -> float:
    saved = load_checkpoint(folder)
    model = quantize(saved.model, scheme).model(saved.model) if scheme else saved.model
    return scored(saved, model)


def scored(saved: Checkpoint, model) -> float:
    spec = RunSpec.from_dict(saved.meta["spec"], trusted=True)
    if not is_ready(spec.data.name):
        pytest.skip(f"{spec.data.name} has to be downloaded")
    corpus = load_text(spec.data)
    if isinstance(saved.codec, Tokenizer):
        split = corpus.splits["validation"]
        encoded = encode_documents(split, saved.tokenizer, items=corpus.items)
        return evaluate(model, glimpse(encoded, TOKENS)).nats_per_token
    task = task_from(saved.meta).knowing(saved.codec)
    data = task.encode(corpus, saved.codec)
    return task.evaluate(model, data, "validation", limit=EXAMPLES).loss


@pytest.mark.slow
@pytest.mark.parametrize("folder", NETWORKS, ids=lambda folder: folder.name)
def test_int8_with_a_scale_a_channel_costs_a_hundredth_of_a_nat_at_most(folder: Path) -> None:
    assert loss(folder, "int8") - loss(folder, "") <= 0.01


def error(model, scheme: str) -> float:
    """Sum of the squares of what the weights lose."""
    stored, state = quantize(model, scheme), model.state_dict()
    made = ((stored.scheme.decode(p, stored.shapes[n]), state[n]) for n, p in stored.parts.items())
    return sum(float((a - b).square().sum()) for a, b in made)


@pytest.mark.parametrize("folder", NETWORKS, ids=lambda folder: folder.name)
def test_weights_lose_less_by_nf4_than_by_equal_steps_of_as_many_bits(folder: Path) -> None:
    model = load_checkpoint(folder).model
    bits = {scheme: quantize(model, scheme).bits_per_weight for scheme in ("nf4", "int4")}
    assert bits["nf4"] == bits["int4"]
    assert (error(model, "nf4") < error(model, "int4")) == (folder.name != TABLE)


@pytest.mark.slow
@pytest.mark.parametrize("folder", WRITERS, ids=lambda folder: folder.name)
def test_nf4_loses_less_than_equal_steps_at_equal_bits(folder: Path) -> None:
    before, nf4, int4 = (loss(folder, scheme) for scheme in ("", "nf4", "int4"))
    assert nf4 < int4, f"{nf4 - before:+.5f} and {int4 - before:+.5f} nats"


def added(name: str, scheme: str) -> float:
    (folder,) = (folder for folder in NETWORKS if folder.name == name)
    return loss(folder, scheme) - loss(folder, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERWISE)
def test_where_it_loses_more_it_is_so_much(name: str) -> None:
    """Two nets of pictures, and a translator without positions: by few examples, and one of them is
    better than before."""
    found = [added(name, scheme) for scheme in ("nf4", "int4")]
    assert found == pytest.approx(OTHERWISE[name], abs=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("name", UNMOVED)
def test_translators_that_know_their_numbers_lose_nothing_by_either(name: str) -> None:
    assert all(abs(added(name, scheme)) < 1e-4 for scheme in ("nf4", "int4"))
