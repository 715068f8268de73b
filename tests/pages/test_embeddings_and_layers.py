"""The Embeddings and layers screen: what it shows is what the library computes."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.embeddings import neighbours, of_kinds, token_tables
from lm_core.inspection.logit_lens import read_lens
from lm_core.inspection.neurons import activations
from lm_core.inspection.projection import laid_on_each_other, pca, tsne
from lm_core.inspection.separation import separation
from lm_core.runs import snapshots
from lm_core.runs.spec import RunSpec
from lm_core.training.events import Snapshot
from pages._ui.layers import neurons, reading, times, token_map
from pages._ui.shared import models, session
from tests.pages.screens import said, sound
from tests.pages.stored import spec, stored_run
from tests.tiny import stir, tiny_settings
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
OWNER = "a-visitor-for-tests"
NAME = "anastasia"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    monkeypatch.setattr(neurons, "TOKENS", 1_500)  # a few batches


def opened(view: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["layers-view"] = view
    for name, value in address.items():
        app.query_params[f"layers-{name}"] = value
    app.switch_page("pages/embeddings_and_layers.py").run()
    return sound(app)


def label_of(folder: str) -> str:
    choices = reading.with_vectors()
    called = zip(models.labels(choices), choices, strict=True)
    return next(label for label, choice in called if choice.folder.name == folder)


def table(app: AppTest, *columns: str):
    return next(frame.value for frame in app.dataframe if set(columns) <= set(frame.value))


def saved(folder: str = "names-transformer"):
    return load_checkpoint(models.SHIPPED / folder)


def test_models_with_vectors_are_offered_and_no_others() -> None:
    offered = {choice.folder.name for choice in reading.with_vectors()}
    assert {"names-transformer", "names-lstm", "names-mlp", "translate-luong"} <= offered
    assert not offered & {"names-bigram", "names-ngram"}


def test_the_map_is_the_librarys_and_its_share_is_said() -> None:
    app = opened("Map")
    checkpoint = saved()
    found = pca(token_tables(checkpoint.model, checkpoint.codec)[0].vectors)
    shown = table(app, "axis 1", "axis 2")
    np.testing.assert_allclose(shown[["axis 1", "axis 2"]], found.points[:, :2], atol=1e-5)
    share = round(100 * float(found.shares[:2].sum()))
    assert f"2 directions keep {share} %" in said(app)
    assert "a vowel for 4 of 5 vowels" in said(app)
    app.segmented_control(key=token_map.FLAT).set_value("3").run()
    np.testing.assert_allclose(table(sound(app), "axis 3")["axis 3"], found.points[:, 2], atol=1e-5)
    app.segmented_control(key=token_map.COLOUR).set_value("often").run()
    shown = table(sound(app), "times")
    assert shown["times"].sum() > 1000
    assert shown.loc[shown["token"] == "a", "times"].item() > 1000  # a common letter


def test_a_translator_has_two_sides_and_no_letters_to_part() -> None:
    app = opened("Map", model=label_of("translate-luong"))
    assert len(table(app, "axis 1")) == 100
    assert "too few single letters" in said(app)
    app.selectbox(key=reading.TABLE).set_value(1).run()
    assert len(table(sound(app), "axis 1")) == 105


def test_files_for_the_projector_hold_every_vector() -> None:
    checkpoint = saved("names-mlp")
    (vectors,) = token_tables(checkpoint.model, checkpoint.codec)
    lines = token_map._file(vectors, "tensors", None).decode().splitlines()
    read = np.array([[float(x) for x in line.split("\t")] for line in lines])
    np.testing.assert_allclose(read, vectors.vectors, rtol=1e-6)
    counted = token_map._file(vectors, "metadata", [1] * 27).decode().splitlines()
    assert counted[0] == "token\tkind\ttimes"
    assert len(counted) == 29
    packed = zipfile.ZipFile(io.BytesIO(token_map._file(vectors, "all", None)))
    assert len(packed.namelist()) == 3


@pytest.mark.parametrize("folder", ["names-mlp", "translate-luong"])
def test_the_graph_of_the_model_is_among_the_files(folder: str) -> None:
    app = opened("Map", model=label_of(folder))
    assert "Graph of the model" in [one.proto.label for one in app.get("download_button")]
    (choice,) = [one for one in models.shipped() if one.folder.name == folder]
    packed = zipfile.ZipFile(io.BytesIO(token_map._graph(choice)))
    assert packed.namelist() == ["events.out.tfevents.graph"]


def a_run(steps: list[int]) -> tuple[str, list[torch.Tensor]]:
    """A finished run of the visitor's with snapshots; its id, and the vectors of each step."""
    settings, tokenizer = tiny_settings("gru"), saved().codec
    given = RunSpec.from_dict(spec("gru").to_dict() | {"model": {"name": "gru", **settings}})
    run = stored_run(OWNER, given, title="Mine")
    store = session._manager().store
    made, vectors = store.run_folder(run) / "checkpoint", []
    card = {"corpus": {"name": "names", "title": "names", "items": True}, "spec": given.to_dict()}
    for n, step in enumerate(steps):
        model = stir(build_model("gru", settings, tokenizer.vocab_size), seed=n)
        vectors.append(model.embedding.weight.detach().clone())
        save_checkpoint(made, model, tokenizer, card)
        folder = store.run_folder(run) / snapshots.FOLDER
        folder.mkdir(exist_ok=True)
        for name, called in (("codec.json", snapshots.CODEC), ("meta.json", snapshots.CARD)):
            (folder / called).write_bytes((made / name).read_bytes())
        path = snapshots._file(folder, step)
        path.write_bytes((made / "model.safetensors").read_bytes())
        store.record(run, [Snapshot(step, str(path))])
    return run, vectors


def test_the_map_is_followed_over_the_steps_of_a_run() -> None:
    steps = [1, 10, 100]
    run, vectors = a_run(steps)
    choice = next(one for one in reading.with_vectors() if one.label.startswith("Yours"))
    assert times.run_of(choice) == run
    assert times.steps_of(choice) == steps
    app = opened("Map", model=choice.label)
    points = laid_on_each_other([pca(one).points[:, :2] for one in vectors])
    for step, right in zip(steps, points, strict=True):
        app.select_slider(key=token_map.STEP).set_value(step).run()
        shown = table(sound(app), "axis 1", "axis 2")[["axis 1", "axis 2"]]
        np.testing.assert_allclose(shown, right, atol=1e-4)
        assert ("orthogonal Procrustes" in said(app)) == (step != 100)
    (own,) = token_tables(saved().model, saved().codec)  # the same tokens
    letters = of_kinds(own.kinds, "vowel", "consonant")
    kinds = [own.kinds[i] for i in letters]
    apart = [separation(one[letters], kinds) for one in vectors]
    course = table(app, "step", "of 1")
    for name, right in (
        ("vowels", [one.same["vowel"][0] / one.same["vowel"][1] for one in apart]),
        ("kinds dealt at random", [one.chance for one in apart]),
    ):
        np.testing.assert_allclose(course[course["share"] == name]["of 1"], right)
    assert "Of the 3 states kept" in said(app)
    assert times.steps_of(models.shipped()[0]) == []


def test_neighbours_are_the_librarys() -> None:
    app = opened("Neighbours", model=label_of("shakespeare-transformer"))
    checkpoint = saved("shakespeare-transformer")
    (found,) = token_tables(checkpoint.model, checkpoint.codec)
    token = app.selectbox(key=reading.TOKEN).value
    assert found.texts[token] == "a"
    for measure, column in (("cosine", "cosine"), ("euclid", "distance")):
        near = neighbours(found.vectors, token, 10, measure)
        shown = table(app, column)
        assert list(shown["token"]) == [found.labels[i] for i, _ in near]
        np.testing.assert_allclose(shown[column], [value for _, value in near], atol=1e-5)
    assert "at best 48 %" in app.warning[0].value  # of capitals
    assert "nothing here" in said(app)
    assert "cannot be counted" in opened("Neighbours").warning[0].value


def test_a_cell_of_the_lens_is_the_models_guess() -> None:
    app = opened("Layer by layer")
    checkpoint = saved()
    ids = text_ids(checkpoint.tokenizer, NAME, items=True)
    lens = read_lens(checkpoint.model, ids)
    with torch.no_grad():
        logits = checkpoint.model(ids.view(1, -1))[0][0]
    shown = table(app, "best guess", "probability")
    last = shown[shown["layer"] == 3]
    p = logits.softmax(-1).amax(-1)
    np.testing.assert_allclose(last["probability"], p, atol=1e-5)
    bars = table(app, "token", "probability (share of 1)")
    best = logits[-1].softmax(-1).topk(10)
    np.testing.assert_allclose(bars["probability (share of 1)"], best.values, atol=1e-5)
    app.selectbox(key="layers-layer").set_value(1).run()
    app.selectbox(key="layers-place").set_value(2).run()
    bars = table(sound(app), "token", "probability (share of 1)")
    right = [share for _, share in lens.top(1, 2)]
    np.testing.assert_allclose(bars["probability (share of 1)"], right, atol=1e-5)
    for by, unit in (("entropy", "entropy (nats)"), ("divergence", "KL (nats)")):
        app.segmented_control(key="layers-measure").set_value(by).run()
        shown = table(sound(app), unit)
        np.testing.assert_allclose(shown[unit], getattr(lens, by).flatten(), atol=1e-4)
    norms = table(app, "Euclidean norm")["Euclidean norm"]
    np.testing.assert_allclose(norms, lens.norms.flatten(), atol=1e-3)


def test_another_text_and_a_bad_one() -> None:
    app = opened("Layer by layer")
    app.text_input(key="layers-name").set_value("al").run()
    assert sound(app).session_state["layers-place"] == 2
    app.text_input(key="layers-name").set_value("é漢").run()
    assert not app.exception
    assert "never saw" in app.error[0].value
    app.text_input(key="layers-name").set_value("").run()
    assert "Type a word" in sound(app).info[0].value
    app.text_input(key="layers-name").set_value("a" * 400).run()
    assert "left out" in sound(app).info[0].value


def test_a_neuron_is_shown_by_the_places_where_it_is_largest() -> None:
    neurons._begun.clear()
    app = opened("Neurons")
    choice = next(c for c in reading.with_vectors() if c.folder.name == "names-transformer")
    scan = neurons._begun(str(choice.folder), models.stamp(choice), choice).scan
    assert scan.done
    assert f"{scan.tokens:,} tokens in {scan.read:,} pieces" in said(app)
    neuron = app.number_input(key=neurons.NEURON).value
    assert neuron == scan.suggested(0)[0]
    shown = table(app, "activation")
    rows = [scan.rows[one.row] for one in scan.top(0, neuron)]
    each = activations(saved().model, rows)[0][:, :, neuron]
    largest = [float(a[: len(row)].max()) for a, row in zip(each, rows, strict=True)]
    np.testing.assert_allclose(shown["activation"], largest, rtol=1e-4)
    app.selectbox(key=neurons.LAYER).set_value(2).run()
    assert sound(app).number_input(key=neurons.NEURON).value == scan.suggested(2)[0]
    app.number_input(key=neurons.NEURON).set_value(5).run()
    assert "What excites neuron 5 of layer 3" in [h.value for h in sound(app).header]


def test_reading_may_be_stopped_and_goes_on() -> None:
    neurons._begun.clear()
    choice = next(c for c in reading.with_vectors() if c.folder.name == "names-transformer")
    shared = neurons._begun(str(choice.folder), models.stamp(choice), choice)
    shared.step()
    part = shared.scan.read
    assert not shared.scan.done
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["layers-view"] = "Neurons"
    app.session_state[neurons.STOPPED] = str(choice.folder)
    app.switch_page("pages/embeddings_and_layers.py").run()
    assert f"Stopped after {part:,}" in sound(app).info[0].value
    assert shared.scan.read == part
    app.button(key="layers-read-on").click().run()
    assert shared.scan.done
    assert not [one for one in sound(app).info if "Stopped" in one.value]


@pytest.mark.parametrize("view", ["Layer by layer", "Neurons"])
def test_what_has_no_stream_says_where_to_look(view: str) -> None:
    app = opened(view, model=label_of("names-lstm"))
    assert "recurrent network" in app.info[0].value
    app = opened(view, model=label_of("translate-transformer"))
    assert "choose one" in app.info[0].value


def test_a_map_that_keeps_neighbours_is_the_librarys() -> None:
    app = opened("Map", model=label_of("names-transformer"), way="Neighbours (t-SNE)")
    frame = next(f.value for f in app.dataframe if {"token", "axis 2"} <= set(f.value))
    vectors = load_checkpoint(models.SHIPPED / "names-transformer").model.embedding.weight
    points = tsne(vectors.detach(), 2).numpy()
    np.testing.assert_allclose(frame[["axis 1", "axis 2"]], points, atol=1e-4)
    assert any("keeps neighbours" in c.value or "t-SNE" in c.value for c in app.markdown)
