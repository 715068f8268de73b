"""Each view of See inside in a browser: a number on the page is the library's, axe finds nothing
serious, and a phone shows it without scrolling sideways.

Here are the views that no file of one screen has. One a screen is looked at each time.
"""

import math
import re
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from lm_core.charts.long_memory import read_delays
from lm_core.charts.matrices import written
from lm_core.charts.words import percent
from lm_core.checkpoints import Checkpoint, load_checkpoint
from lm_core.corpora import load_corpus
from lm_core.encoded import encode_documents, glimpse
from lm_core.evaluation.score import token_nats
from lm_core.inspection import gradient_check, read_heads, take_values, text_ids, views_of_text
from lm_core.inspection.ablation import without
from lm_core.inspection.embeddings import neighbours, token_tables
from lm_core.inspection.gates import record_gates
from lm_core.inspection.gradient_reach import gradient_reach, half_life
from lm_core.inspection.neurons import Scan
from lm_core.inspection.one_head import (
    head_steps,
    moved_by_order,
    some_order,
    some_weights,
    some_words,
    three_means,
)
from lm_core.inspection.parts import parts_of
from lm_core.inspection.projection import pca
from lm_core.inspection.units import FEATURES, counting_units, states
from pages._ui.averaging.numbers import FIRST
from pages._ui.inside import sample
from pages._ui.inside.offers import offered
from pages._ui.layers import neurons, reading
from pages._ui.memory import counting, delays
from pages._ui.memory.reading import kept_from
from pages._ui.shared import models
from pages._ui.tensors import batch as batches
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.marks import most_slow

pytestmark = pytest.mark.browser

NAME = "anastasia"
WORDS = FIRST.split()
X, HEAD = some_words(WORDS, 3, 0), some_weights(3, 3, 0)
WALK, ATTENTION, MEMORY = "from_averaging_to_attention", "attention", "memory"
LAYERS, TENSORS = "embeddings_and_layers", "tensors"
OF_NAMES = f"attention-model=Transformer,+US+first+names,+2017&attention-name={NAME}"
Said = str | re.Pattern[str]


def saved(folder: str = "names-transformer") -> Checkpoint:
    return load_checkpoint(models.SHIPPED / folder)


def chosen(folder: str) -> models.Choice:
    return next(one for one in models.shipped() if one.folder.name == folder)


def ids_of(one: Checkpoint) -> torch.Tensor:
    return text_ids(one.tokenizer, NAME, items=True)


# From averaging to attention ----------------------------------------------------------------------


def three() -> Said:
    return f"the largest difference between the three is {three_means(X).difference:.1e}"


def sharpened() -> Said:
    scores = torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5])
    once, more = (float((scores * times).softmax(-1)[-1]) for times in (1, 8))
    return f"number 5 gets {percent(more)}; as the scores stand it gets {percent(once)}"


def shuffled() -> Said:
    moved = moved_by_order(X, HEAD, some_order(len(WORDS), 1), causal=True, positions=False)
    return f"places off, {int((moved > 1e-6).sum())} of {len(WORDS)} words take something else"


def added() -> Said:
    made = head_steps(X, HEAD)
    return f"has the length {written(float(made.added[-1].norm()))}, the word itself"


def of_a_model() -> Said:
    one = saved("speeches-transformer")
    ids = text_ids(one.tokenizer, offered(one), items=False)
    (view,) = views_of_text(one.model, ids, one.tokenizer)
    best = max(read_heads(view.weights, view.ids, view.seen), key=lambda head: head.visible)
    taken = take_values(one.model, view, best.layer, best.head, len(ids) - 1)
    size, whole = written(float(taken.added.norm())), written(float(taken.together.norm()))
    heads = one.model.settings.n_head
    return f"has the length {size}; all {heads} heads of the layer together {whole}"


# Attention ----------------------------------------------------------------------------------------


def even_look() -> Said:
    """Of each token that has a choice the logarithm of how many it may look at."""
    T = len(ids_of(saved()))
    even = sum(math.log(n) for n in range(2, T + 1)) / (T - 1)
    return f"an even look over all that may be seen would have {even:.2f} here"


def open_pairs() -> Said:
    T = len(ids_of(saved()))
    return f"{percent(T * (T + 1) / 2 / T**2)} of the {T**2} pairs are open"


def with_and_without() -> Said:
    one = saved()
    twin = without(one.model, [p for p in parts_of(one.model) if p.called == "layer 2 MLP"])
    kept = load_corpus("names").splits["validation"]
    encoded = encode_documents(kept, one.tokenizer, items=True, skip_unknown=True)
    encoded = glimpse(encoded, sample.TOKENS)
    before, after = (float(token_nats(m, encoded).double().mean()) for m in (one.model, twin))
    return f"{after - before:+.3f}"


def thickest() -> Said:
    (view,) = views_of_text(saved().model, ids_of(saved()), saved().tokenizer)
    weights = view.weights[1, 0].tril(-1)  # layer 2, head 1
    drawn = int((view.weights[1, 0].tril() >= 0.04).sum())
    return f"{drawn} lines of 4 % or more; the thickest look at another token is a₁ at ⏎ " + (
        f"({percent(float(weights.max()))})"
    )


# Memory -------------------------------------------------------------------------------------------


def of_a_unit() -> Said:
    recorded = record_gates(saved("names-lstm").model, ids_of(saved("names-lstm")))
    state = recorded.values[recorded.kept[-1]][0]  # (T, C)
    unit = int((state.amax(0) - state.amin(0)).argmax())
    return f"gives h = {float(recorded.values['hidden'][0, -1, unit]):.6f}"[:-2]


def unit_that_counts() -> Said:
    one = saved("names-lstm")
    texts = [text[:-1] for text in kept_from(chosen("names-lstm"), counting.TOKENS)]
    pieces = [one.tokenizer.decode([int(id)]) for text in texts for id in text]
    layer, state = 0, record_gates(one.model, texts[0]).kept[-1]
    best = counting_units(states(one.model, texts, layer, state).numpy(), pieces)[0]
    title = FEATURES[best.feature].title
    return f"unit {best.unit} follows “{title}” most closely (r = {best.r:.2f})"


def halves() -> Said:
    """64 beginnings of names with the letter to guess, as long as a guess of each family needs."""
    texts = kept_from(chosen("names-lstm"), 40 * 64 * 9)
    rows = torch.stack([text[:9] for text in texts if len(text) >= 9][:64])
    half = half_life(gradient_reach(saved("names-lstm").model, rows))
    return f"LSTM halves about every {half:.3g} tokens"


def remembered() -> Said:
    file = delays.shipped(0.0)
    return read_delays(delays.grouped(file, file.tasks[0])).partition(";")[0]


# Embeddings and layers ----------------------------------------------------------------------------


def kept_share() -> Said:
    shares = pca(token_tables(saved().model, saved().codec)[0].vectors).shares
    return f"2 directions keep {percent(float(shares[:2].sum()))} of their variance"


def nearest() -> Said:
    (table,) = token_tables(saved().model, saved().codec)
    ((near, cosine),) = neighbours(table.vectors, table.texts.index("a"), 1, "cosine")
    return f"nearest to a is {table.labels[near]} (cosine {cosine:.2f})"


def excited() -> Said:
    scan = Scan(saved().model, reading.rows_of(chosen("names-transformer"), neurons.TOKENS))
    while not scan.done:
        scan.step()
    neuron = scan.suggested(0)[0]
    often = percent(float(scan.active(0)[neuron]))
    return f"Neuron {neuron} is above 0 at {often} of the tokens"


# Tensors ------------------------------------------------------------------------------------------


def loss() -> Said:
    one = saved("names-lstm")
    ids = torch.cat([ids_of(one), torch.tensor([one.tokenizer.boundary_id])])
    with torch.no_grad():
        nats = one.model.nats(ids[None, :-1], ids[None, 1:])[0].mean()
    return f"{float(nats):.6f}"[:-1]


def steepest() -> Said:
    one = saved("names-neural-bigram")
    made = batches.of_text(one, NAME, hide=True)
    given = (one.model, made.idx, made.targets)
    (parameter, *_) = (name for name, _ in one.model.named_parameters())
    places = gradient_check.some_places(gradient_check.slopes(*given, parameter), 8, 0)
    checks = gradient_check.check(*given, parameter, places)
    return f"the steepest of them is {max(abs(one.autograd) for one in checks):.2g}"


VIEWS: dict[str, tuple[str, str, Callable[[], Said]]] = {
    "three means": (WALK, "", three),
    "a sharp softmax": (WALK, "averaging-step=3+Scale", sharpened),
    "words shuffled": (WALK, "averaging-step=4+Mask,+places", shuffled),
    "what is added": (WALK, "averaging-step=5+Take,+add", added),
    "a head of a model": (WALK, "averaging-step=6+In+a+model", of_a_model),
    "averages": (ATTENTION, f"{OF_NAMES}&attention-further=Averages+and+types", even_look),
    "masks": (ATTENTION, f"{OF_NAMES}&attention-further=Masks", open_pairs),
    "switched off": (
        ATTENTION,
        f"{OF_NAMES}&attention-further=Switch+off&attention-off=layer+2+MLP",
        with_and_without,
    ),
    "lines": (ATTENTION, f"{OF_NAMES}&attention-picture=Lines+between+words", thickest),
    "gates": (MEMORY, "", of_a_unit),
    "units that count": (MEMORY, "memory-view=Units+that+count", unit_that_counts),
    "how far back": (MEMORY, "memory-view=How+far+back", halves),
    "long memory": (MEMORY, "memory-view=Long+memory", remembered),
    "map": (LAYERS, "layers-model=Transformer,+US+first+names,+2017", kept_share),
    "neighbours": (
        LAYERS,
        "layers-view=Neighbours&layers-model=Transformer,+US+first+names,+2017",
        nearest,
    ),
    "neurons": (
        LAYERS,
        "layers-view=Neurons&layers-model=Transformer,+US+first+names,+2017",
        excited,
    ),
    "a step": (
        TENSORS,
        "tensors-view=One+training+step&tensors-model=LSTM,+US+first+names,+2017",
        loss,
    ),
    "gradient check": (
        TENSORS,
        "tensors-view=Gradient+check&tensors-model=Neural+bigram,+US+first+names,+2017",
        steepest,
    ),
}


@pytest.mark.parametrize("view", most_slow(VIEWS, quick=("gates",)))
def test_a_number_of_each_view_is_the_librarys(page: Page, view: str) -> None:
    screen, address, said = VIEWS[view]
    page.goto(f"/{screen}?{address}")
    if view == "lines":  # of a picture the sentence that goes with it
        at_rest(page)
        page.locator(".st-key-attention-lines ~ * [data-testid=stPopover] button").first.click()
    expect(page.get_by_text(said()).first).to_be_visible()
    at_rest(page)
    page.mouse.move(0, 0)  # what is hovered over or has the focus is Streamlit's own colour
    page.evaluate("document.activeElement.blur()")
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
