"""Each plain file is a lesson that runs anywhere, and the oracle of the fast family beside it."""

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from lm_core.models import LanguageModel, models
from lm_core.models.building import build_model
from lm_core.models.heads import plain_nats
from lm_core.models.plain import lesson, plain_names
from lm_core.models.tracing import trace
from lm_core.models.weights import stored
from tests.marks import most_slow
from tests.models.counted import some_text
from tests.tiny import OF_TEXT, lively_model, some_ids, stir, tiny_model, tiny_settings

ALL = [entry.name for entry in OF_TEXT]
MADE = ("mixture", "ensemble")  # of any of them
LESSONS = [name for name in ALL if name not in MADE]
READERS = [name for name in LESSONS if issubclass(models[name].build, LanguageModel)]
BY_GRADIENT = [name for name in READERS if models[name].build.learns_by == "gradient"]
COUNTED = [name for name in LESSONS if models[name].build.learns_by == "counting"]
RECURRENT = [name for name in LESSONS if models[name].build.carries_state]
SHAPES = ((1, 1), (3, 7), (2, 16))
CLOSE = {"atol": 1e-5, "rtol": 1e-5}
V = 27
# What runs here can import neither this package nor anything beside torch.
ALONE = """
import runpy, sys
for name in ("lm_core", "numpy", "safetensors"):
    sys.modules[name] = None
for path in sys.argv[1:]:
    print("==", path)
    runpy.run_path(path, run_name="__main__")
"""


def file_of(family: str) -> Path:
    return Path(lesson(models[family].build).__file__)


def plain_class(family: str) -> type[nn.Module]:
    fast = models[family].build
    return getattr(lesson(fast), fast.__name__)


def sizes_of(family: str) -> dict[str, object]:
    """What the plain class can be made with, and its defaults."""
    given = inspect.signature(plain_class(family)).parameters
    return {n: p.default for n, p in given.items() if n not in ("vocab_size", "source_size")}


def twin(model: LanguageModel, family: str) -> nn.Module:
    """The plain model of the same sizes and weights."""
    values = model.settings.to_dict()
    plain = plain_class(family)(model.vocab_size, **{k: values[k] for k in sizes_of(family)})
    if family in BY_GRADIENT:
        plain.load_state_dict(plain_names(stored(model)))
    return plain.train(model.training)


def counted(family: str, **changes: object) -> Iterator[tuple[LanguageModel, nn.Module]]:
    """Both fitted on the same texts: running, and in items that are each a sequence."""
    ids = torch.tensor(some_text(600, V))
    for starts in ([0], [0, 5, 6, 90, 300]):
        fast = tiny_model(family, V, **changes)
        plain = twin(fast, family)
        fast.fit(ids, torch.tensor(starts))
        plain.fit(*((ids, starts) if family == "ngram" else (ids,)))
        yield fast, plain


def some_targets(*shape: int) -> Tensor:
    """Targets of rows that end at different places."""
    targets = some_ids(*shape, V, seed=1)
    for row in range(1, shape[0]):
        targets[row, shape[1] - 2 * row :] = -1
    return targets


@pytest.mark.parametrize("family", ALL)
def test_every_family_but_the_mixture_has_a_lesson(family: str) -> None:
    assert (lesson(models[family].build) is None) == (family in MADE)


TRANSLATORS = {
    f"{cell}, {attention}, {n_layer}, {reads}": {
        "cell": cell,
        "attention": attention,
        "n_layer": n_layer,
        "reads": reads,
    }
    for cell in ("lstm", "gru")
    for attention in ("none", "bahdanau", "luong")
    for n_layer, reads in ((1, "auto"), (2, "auto"), (2, "both"), (2, "forward"))
}


def two_texts() -> tuple[Tensor, Tensor, Tensor]:
    """Sources, targets and what is wanted after them, which end at different places."""
    text = some_targets(4, 8)
    source = some_targets(4, 9).masked_fill(
        torch.arange(9) >= torch.tensor([[9], [3], [5], [1]]), -1
    )
    return source % 20, text[:, :-1], text[:, 1:]


@pytest.mark.parametrize("source_size", most_slow([None, 20], quick=[20]))
@pytest.mark.parametrize("options", TRANSLATORS.values(), ids=TRANSLATORS)
def test_a_recurrent_translator_is_its_lesson(options: dict, source_size: int | None) -> None:
    """Logits, where it looks, the loss and every gradient; and the same first weights."""
    settings = tiny_settings("rnn-translator", **options)
    fast = build_model(
        "rnn-translator", settings, {"vocab_size": V, "source_size": source_size}, seed=4
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        plain = plain_class("rnn-translator")(V, source_size, **settings)
    weights = plain_names(stored(fast))
    assert set(weights) == set(plain.state_dict())
    assert all(torch.equal(tensor, weights[name]) for name, tensor in plain.state_dict().items())

    stir(fast)
    plain.load_state_dict(plain_names(stored(fast)))
    source, target, wanted = two_texts()
    with trace(fast) as seen:
        fast.answer(source, target)
    ours, (theirs, looks) = fast.answer(source, target), plain(source, target)
    torch.testing.assert_close(theirs, ours, **CLOSE)
    if options["attention"] == "none":
        assert looks is None
    else:
        torch.testing.assert_close(looks, seen["attention.weights"], **CLOSE)
    nats, loss = plain_nats(ours, wanted), plain.loss(source, target, wanted)
    expected = nats.sum() / (wanted >= 0).sum()
    torch.testing.assert_close(loss, expected, **CLOSE)
    loss.backward(), expected.backward()
    grads = plain_names({name: p.grad for name, p in fast.named_parameters()})
    torch.testing.assert_close({n: p.grad for n, p in plain.named_parameters()}, grads, **CLOSE)


@pytest.mark.parametrize("family", LESSONS)
def test_it_has_the_sizes_that_the_family_has(family: str) -> None:
    usual = models[family].settings().to_dict()
    assert sizes_of(family) == {name: usual[name] for name in sizes_of(family)}


@pytest.mark.parametrize("family", BY_GRADIENT)
@pytest.mark.parametrize("training", [False, True])
def test_the_same_weights_give_the_same_logits(family: str, training: bool) -> None:
    fast = lively_model(family, V).train(training)
    plain = twin(fast, family)
    for shape in SHAPES:
        idx = some_ids(*shape, V, seed=5)
        ours, theirs = fast(idx)[0], plain(idx)[0]
        torch.testing.assert_close(theirs, ours, **CLOSE)
        assert ours.abs().max() > 0.1  # a model that says nothing would hide a mistake


@pytest.mark.parametrize("family", BY_GRADIENT)
def test_the_same_loss_and_gradients(family: str) -> None:
    fast = lively_model(family, V).train()
    plain = twin(fast, family)
    idx, targets = some_ids(4, 16, V, seed=5), some_targets(4, 16)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)  # of what an encoder does not see
        nats, penalty, _ = fast.objective(idx, targets)
        expected = nats.sum() / (targets >= 0).sum() + penalty
        torch.manual_seed(3)
        loss, _ = plain.loss(idx, targets)
    torch.testing.assert_close(loss, expected, **CLOSE)
    loss.backward(), expected.backward()
    grads = plain_names({name: p.grad for name, p in fast.named_parameters()})
    torch.testing.assert_close({n: p.grad for n, p in plain.named_parameters()}, grads, **CLOSE)


@pytest.mark.parametrize("family", BY_GRADIENT)
def test_the_same_seed_gives_the_same_first_weights(family: str) -> None:
    fast = tiny_model(family, V, seed=4)
    values = fast.settings.to_dict()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        plain = plain_class(family)(V, **{k: values[k] for k in sizes_of(family)})
    weights = plain_names(stored(fast))
    assert set(weights) == set(plain.state_dict())
    assert all(torch.equal(tensor, weights[name]) for name, tensor in plain.state_dict().items())


@pytest.mark.parametrize("family", RECURRENT)
def test_a_text_may_be_read_in_pieces(family: str) -> None:
    fast = lively_model(family, V)
    plain = twin(fast, family)
    ours = theirs = None
    for piece in some_ids(3, 12, V).split(5, dim=1):
        logits, ours = fast(piece, ours)
        found, theirs = plain(piece, theirs)
        torch.testing.assert_close(found, logits, **CLOSE)
    torch.testing.assert_close(theirs, ours, **CLOSE)


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("bigram", {}),
        ("bigram", {"k": 0.0}),  # where some are impossible, and some rows empty
        ("ngram", {"order": 1}),
        ("ngram", {"order": 3}),
        ("ngram", {"order": 6}),
    ],
)
def test_the_same_text_gives_the_same_counts(family: str, changes: dict) -> None:
    assert {family} <= set(COUNTED)
    for fast, plain in counted(family, **changes):
        for shape in SHAPES:
            idx, targets = some_ids(*shape, V, seed=5), some_targets(*shape)
            torch.testing.assert_close(plain(idx)[0], fast(idx)[0], **CLOSE)
            nats = fast.nats(idx, targets)[0].sum() / (targets >= 0).sum()
            torch.testing.assert_close(plain.loss(idx, targets)[0], nats, **CLOSE)


def test_an_encoder_is_shown_what_is_hidden_and_what_is_not_there() -> None:
    fast = lively_model("encoder", V)
    plain = twin(fast, "encoder")
    idx = some_ids(3, 9, V + 1)  # V is a hidden token
    there = torch.arange(9) < torch.tensor([[9], [4], [1]])
    assert (idx == V).any()
    expected = fast.head(fast.read(idx, padding=~there))
    found, _ = plain(idx, padding=~there)
    torch.testing.assert_close(found[there], expected[there], **CLOSE)


def test_an_encoder_decoder_writes_one_text_from_another() -> None:
    fast = lively_model("encoder-decoder", V)
    plain = twin(fast, "encoder-decoder")
    source, target = some_ids(2, 9, V), some_ids(2, 5, V, seed=1)
    ours, theirs = fast.encode(source), plain.encode(source)
    torch.testing.assert_close(theirs, ours, **CLOSE)
    torch.testing.assert_close(plain.decode(target, theirs), fast.decode(target, ours), **CLOSE)
    source, target, _ = two_texts()
    torch.testing.assert_close(plain.answer(source, target), fast.answer(source, target), **CLOSE)


@pytest.mark.parametrize("family", LESSONS)
def test_it_needs_torch_alone(family: str) -> None:
    used = set()
    for node in ast.walk(ast.parse(file_of(family).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            used.add(node.module.partition(".")[0])
    assert "torch" in used
    assert used - {"torch"} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "lessons", most_slow([LESSONS[::6], LESSONS], quick=[LESSONS[::6]]), ids=len
)
def test_each_runs_by_itself_in_an_empty_folder(tmp_path: Path, lessons: list[str]) -> None:
    names = []
    for family in lessons:
        text = file_of(family).read_text(encoding="utf-8")
        assert family in COUNTED or text.count("range(101)") == 1
        names.append(file_of(family).name)
        (tmp_path / names[-1]).write_text(text.replace("range(101)", "range(2)"), encoding="utf-8")
    command = [sys.executable, "-I", "-X", "utf8", "-c", ALONE, *names]
    alone = os.environ | {"OMP_NUM_THREADS": "1"}  # threads that wait for a core wait long
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=alone)
    assert done.returncode == 0, done.stderr
    for name, said in zip(names, done.stdout.split("== ")[1:], strict=True):
        assert said.startswith(f"{name}\n")
        assert " nats a " in said


@pytest.mark.parametrize("family", LESSONS)
def test_it_reads_in_one_sitting_and_says_first_what_it_is(family: str) -> None:
    text = file_of(family).read_text(encoding="utf-8")
    about = ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 200
    assert about.partition(".")[0].partition(":")[2], "the idea"
    assert "\n    " in about, "the equation"
    for said in ("Paper", "\nLeft out on purpose: ", "\nShapes: "):
        assert said in about
    assert "  # (" in text, "shapes at the end of lines"
