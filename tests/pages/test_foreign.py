"""Words of others on every screen, made to be misread: nothing that Streamlit reads as Markdown,
and no HTML, holds one of them but made plain.

The visitor of these tests has models whose tokens are signs of Markdown, a text and a list under
such titles, and runs whose names, notes and messages are no better.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import build_model, save_checkpoint
from lm_core.corpora import Corpus
from lm_core.corpora.own import own_corpus, save_own
from lm_core.device import choose_device
from lm_core.runs import snapshots
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import A_RUN, CorpusSpec, RunSpec
from lm_core.runs.training_run import TrainingRun
from lm_core.runs.tuning import tuning_spec
from lm_core.tokenizers.word import WordTokenizer
from lm_core.training import Budget
from lm_core.training.events import Diagnosed, Sampled, Snapshot
from lm_core.visible import readable
from pages._ui.shared import class_board, first_name, session
from pages._ui.shared.plain import plain
from pages._ui.shared.teacher_token import token
from pages._ui.teacher import spotlight
from tests.pages import stored
from tests.pages.foreign import TITLE, TOKENS
from tests.pages.html import html
from tests.pages.stored import spec, stored_run
from tests.tiny import tiny_settings
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
SHOWN, TURNED = plain(TITLE), "x\u202ey"

# Fields of Streamlit's messages that are read as Markdown, but for these elements.
READ = {"body", "label", "help", "text", "content", "delta"}
NOT_READ = {"html", "text", "code", "arrow_data_frame"}


def read_as_markdown(app: AppTest) -> list[str]:
    found: list[str] = []
    for node in nodes(app._tree):
        if getattr(node, "type", "") not in NOT_READ and getattr(node, "proto", None) is not None:
            found += strings(node.proto)
    return found


def nodes(node) -> Iterator:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def strings(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from strings(one)
            elif field.name in READ and isinstance(one, str):
                yield one


def checked(app: AppTest) -> str:
    """All that is read as Markdown, after nothing foreign was found in it but made plain."""
    assert not app.exception
    markdown = "\n".join(read_as_markdown(app))
    bare = re.sub(r":color\[\\.\]|\\.", "?", markdown)  # without what was made harmless
    assert not [token for token in TOKENS if token in bare and token != "\\*"]
    written = "".join(html(app))
    assert not re.search("<img|<b>h</|<i>e", written + "".join(figures(app)))
    assert "\u202e" not in markdown + written + "".join([*as_text(app), *figures(app)])
    return markdown


def as_text(app: AppTest) -> Iterator[str]:
    """What is read as nothing, and is to hide nothing either: cells, and texts as they are."""
    for element in app.get("arrow_data_frame"):
        yield from map(str, element.value.to_numpy().ravel())
    for kind in ("text", "code"):
        yield from (element.value for element in app.get(kind))


def figures(app: AppTest) -> Iterator[str]:
    """All that pictures say; plotly reads a little HTML in it."""
    for element in app.get("plotly_chart"):
        yield json.dumps(json.loads(element.proto.spec), ensure_ascii=False)


def seen(markdown: str) -> int:
    """How many of the tokens stand there, made plain."""
    return sum(plain(token) in markdown for token in TOKENS)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)


def opened(screen: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name.replace("__", "-")] = value
    app.switch_page(f"pages/{screen}.py").run()
    return app


def a_text(*, items: bool = False) -> Corpus:
    """A text of the visitor's, under a title that is no better."""
    text = "\n".join(TOKENS) if items else " ".join(TOKENS * 8)
    corpus = own_corpus(text, title=TITLE, items=items)
    save_own(corpus)
    return corpus


def spec_of(family: str, **settings: object) -> RunSpec:
    model = {"name": family, **tiny_settings(family), **settings}
    return RunSpec.from_dict(spec(family).to_dict() | {"model": model})


def a_model(family: str, *, items: bool = False, **settings: object) -> str:
    """A finished run of the visitor's: its id."""
    corpus, tokenizer = a_text(items=items), WordTokenizer(["<unk>", "<eos>", *TOKENS, TURNED])
    model = build_model(family, tiny_settings(family) | settings, tokenizer.vocab_size)
    if model.learns_by == "counting":
        ids = torch.arange(2, tokenizer.vocab_size).repeat(4)
        model.fit(ids, torch.zeros(1, dtype=torch.int64))
    run = stored_run(OWNER, spec_of(family, **settings), title=TITLE)
    card = {
        "corpus": {"name": corpus.info.name, "title": TITLE, "licence": TITLE, "items": items},
        "counts": {"train": {"characters": corpus.characters("train")}},
        "spec": {"tokenizer": {"name": "word"}},
    }
    folder = session._manager().store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, model, tokenizer, card)
    return run


def test_the_teachers_page_and_the_projector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of runs, first names, questions, predictions and reasons."""
    monkeypatch.setenv("LM_LAB_CLASS", "1")
    monkeypatch.setattr(session, "open_pages", lambda: {OWNER: 1, "another": 2})
    class_board.board.clear()
    run = stored_run("another", title=TITLE, status="running")
    first_name.give("another", "*a*_b_$c$")
    given = {"why": TITLE, "asked": TITLE, "options": [TITLE]}
    class_board.board().answer(TITLE, TITLE, 1, TITLE, **given)
    markdown = checked(opened("teacher", teacher=token()))
    assert markdown.count(SHOWN) >= 3  # the question, the reason, what was said
    assert plain("*a*_b_$c$") in markdown
    store = session._manager().store
    pieces = tuple((one, 0.1) for one in TOKENS)
    store.record(run, [Sampled(121, " ".join(TOKENS), pieces)])
    spotlight.show(run)
    assert SHOWN in checked(opened("spotlight"))
    spotlight.take_back()
    first_name._names.clear()
    class_board.board.clear()
    stored.forget(store, run)


LABEL = readable(f"Yours: {TITLE}")
PROMPT = "$5 b$ *a* _c_ `d` ~~e~~ &lt &#36 <img/src=x> [^1] -> <-> -- ~= \\* a|b {o} $x^2$"


def test_train() -> None:
    facts = stored.FACTS | {"probe": TOKENS[:5]}
    runs = [
        stored_run(
            OWNER, title=f"{TITLE} {n}", facts=facts, note=TITLE, message=TITLE, status=status
        )
        for n, status in enumerate(["failed", "interrupted", "stopped"])
    ]
    store = session._manager().store
    pieces = tuple((token, 0.1) for token in TOKENS)
    store.record(runs[0], [Sampled(121, " ".join(TOKENS), pieces)])
    store.record(runs[0], [Diagnosed(121, "slow", "note", TITLE, TITLE)])
    markdown = checked(opened("train", run=runs[0]))
    assert markdown.count(SHOWN) >= 4  # its title, its message, the verdict and its cure
    assert seen(markdown)  # in the sentence about the probe
    app = opened("train", run=runs[0])
    app.session_state["train-ticked"] = runs
    checked(app.run())


def test_back_in_time_and_after_the_end() -> None:
    run = a_model("transformer")
    store = session._manager().store
    made, folder = store.run_folder(run) / "checkpoint", store.run_folder(run) / snapshots.FOLDER
    folder.mkdir()
    shutil.copy(made / "codec.json", folder / snapshots.CODEC)
    shutil.copy(made / "meta.json", folder / snapshots.CARD)
    for step in (1, 100):
        path = shutil.copy(made / "model.safetensors", snapshots._file(folder, step))
        store.record(run, [Snapshot(step, str(path))])
    app = opened("train", run=run)
    app.session_state["train-back"] = True
    markdown = checked(app.run())
    assert seen(markdown) >= 5  # in the sentence of the bars


LOOKS = ("Most frequent", "Lengths", "Splits", "Search", "Phrases", "Typical words")
MORE = ("Vocabulary", "What the model sees")


def test_dataset_explorer() -> None:
    for items in (False, True):
        corpus = a_text(items=items)
        for look in LOOKS if items else (*LOOKS, *MORE):
            app = opened("dataset_explorer", text=corpus.info.name, explorer__look=look)
            checked(app)
            assert not app.error
            unit = next(c for c in app.segmented_control if c.key.startswith("explorer-unit"))
            checked(unit.set_value("Characters").run())


def test_tables_hide_nothing() -> None:
    corpus = own_corpus("one \u202etwo three " * 40, title="turned", items=False)
    save_own(corpus)
    app = opened("dataset_explorer", text=corpus.info.name, explorer__look="Phrases")
    phrases = next(frame.value for frame in app.dataframe if "phrase" in frame.value)["phrase"]
    assert "one ⟨202E⟩two three" in set(phrases)


def test_the_commonest_word_is_named() -> None:
    corpus = own_corpus("*a* " * 200, title=TITLE, items=False)
    save_own(corpus)
    markdown = checked(opened("dataset_explorer", text=corpus.info.name))
    assert plain("*a*") in markdown


def test_doctor() -> None:
    run = stored_run(OWNER, title=TITLE, kind="doctor", status="failed", message=TITLE)
    markdown = checked(opened("doctor", doctor=run))
    assert SHOWN in markdown


def test_attention() -> None:
    a_model("transformer")
    app = opened("attention", attention__model=LABEL, attention__text=PROMPT)
    markdown = checked(app)
    assert seen(markdown) >= 2  # the token that asks and the one that offers


def test_memory() -> None:
    a_model("lstm")
    app = opened("memory", memory__model=LABEL, memory__text=PROMPT)
    assert seen(checked(app)) >= 2  # what is read at the step, and in the sentences of charts


def test_a_folder_of_faces() -> None:
    """Groups of somebody's CSV."""
    face = (Path(__file__).parents[2] / "docs" / "screenshots" / "home.png").read_bytes()
    rows = "\n".join(f'a{k}.png,{20 + k},"{TITLE}","{TITLE}"' for k in range(3))
    table = f'file,age,"{TITLE}",*other*\n{rows}\n'.encode()
    app = opened("age_from_a_face", ages__from="A folder of my own")
    files = [(f"a{k}.png", face, "image/png") for k in range(3)]
    app.get("file_uploader")[0].set_value([*files, ("labels.csv", table, "text/csv")])
    checked(app.run())


@pytest.mark.parametrize("view", ["Map", "Neighbours", "Layer by layer", "Neurons"])
def test_embeddings_and_layers(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages._ui.layers.neurons.TOKENS", 500)
    a_model("transformer")
    address = {"layers__view": view, "layers__model": LABEL, "layers__text": PROMPT}
    app = opened("embeddings_and_layers", **address)
    # Neurons are looked for in the text that it learned, and the card of this one names none.
    assert seen(checked(app)) >= (view != "Neurons")
    assert [error.value.partition(":")[0] for error in app.error] == [
        "The card of this model does not say which text it learned from"
    ] * (view == "Neurons")


@pytest.mark.parametrize("view", ["Atlas", "One training step"])
def test_tensors(view: str) -> None:
    a_model("lstm")
    app = opened("tensors", tensors__model=LABEL, tensors__text=PROMPT, tensors__view=view)
    checked(app)


def test_generate_text() -> None:
    a_model("ngram")
    app = opened("generate_text", generate_text__model=LABEL, generate_text__prompt=PROMPT)
    markdown = checked(app)
    assert SHOWN in markdown
    assert seen(markdown) >= 3  # in the pills, in the sentences of two charts
    app.query_params["generate_text-token"] = "1"
    assert seen(checked(app.run())) >= 3  # in the sentences of what was possible and why


def test_a_prompt_that_cannot_be_read_is_quoted() -> None:
    app = opened("attention", attention__text=PROMPT + "\u202e§")
    checked(app)
    app = opened("generate_names", generate_names__begins="*a*$5$`b`")
    assert f"“{plain('*')}”" in checked(app)


@pytest.mark.parametrize("family", ["ngram", "encoder"])
def test_reading(family: str) -> None:
    """Two models, so that all there is of two is on the screen."""
    for _ in range(2):
        a_model(family)
    offered = opened("reading").selectbox(key="reading-model").options
    label, other = (one for one in offered if one.startswith("Yours"))
    app = opened("reading", reading__model=label, reading__beside=other, reading__text=PROMPT)
    markdown = checked(app)
    assert not app.error
    assert markdown.count(SHOWN) >= 4  # over each text, over its figures
    assert seen(markdown) >= 2  # the token that is picked, in words and under its picture
    app.segmented_control(key="reading-colour").set_value("Difference").run()
    app.expander[0].proto.expanded = True
    checked(app)


def test_generate_names() -> None:
    a_model("ngram", items=True)
    corpus = a_text(items=True).info.name
    app = opened("generate_names", text=corpus, generate_names__name="$5")
    assert SHOWN in checked(app)  # what its model has read


def test_tokenizers() -> None:
    """The visitor's own text, under every look; what is a token of it stands in cells and chips."""
    corpus = a_text(items=False)
    for look in ("The others", "Where they disagree", "Merges", "Vocabulary size", "Bytes"):
        own = {"tokenizers__own": TITLE, "tokenizers__word": TITLE[:40]}
        app = opened("tokenizers", text=corpus.info.name, tokenizers__look=look, **own)
        checked(app)
        assert not app.error


def test_metrics() -> None:
    """Classes and sentences of the visitor's own, and what of them is refused."""
    classes = {"metrics__part": "Classification", "metrics__classes": f"{TITLE[:24]}, $5, *a*, b"}
    app = opened("metrics", **classes, metrics__counts="1,,0,0;0,1,0,0;0,0,1,0;0,0,0,1")
    assert plain("$5") in checked(app)
    assert app.error
    own = {"metrics__part": "Translation and summaries", "metrics__example": "Your own"}
    texts = {"metrics__said": TITLE, "metrics__real": f"{TITLE} $5 *a*\u202e"}
    app = opened("metrics", **own, **texts, metrics__synonyms="*a* = $5")
    assert plain("*a* = $5") in checked(app)
    assert not app.error
    app = opened("metrics", **own, **texts, metrics__synonyms="*a* b = $5")
    assert plain("*a* b") in checked(app)
    checked(opened("metrics", metrics__came="0.5 *a*"))


def test_counting() -> None:
    """Letters of the visitor's own list in the table and its walk, its tokens in one guess."""
    corpus = a_text(items=True)
    part, walk = {"counting__part": "A table of pairs"}, f"{TOKENS[0]}{TOKENS[1]}"[:20]
    assert seen(checked(opened("counting", text=corpus.info.name, **part, counting__walk=walk)))
    runs = {"counting__part": "Longer runs", "counting__look": "One guess, order by order"}
    for look in (runs, {"counting__part": "Longer runs"}, {"counting__part": "Learned instead"}):
        checked(opened("counting", text=corpus.info.name, **look))


def test_a_text_of_the_visitors() -> None:
    sha = session._manager().give_text(a_text(items=True), OWNER, TITLE)
    app = opened("dataset_explorer", text=f"own-{sha}")
    assert app.selectbox(key="explorer-text").options[-2] == f"Yours: {readable(TITLE)}"
    app.button(key="explorer-text-own-delete").click().run()
    assert f"Delete “{SHOWN}”?" in checked(app)


@pytest.mark.parametrize("screen", ["home", "architectures"])
def test_screens_without_a_choice_of_model(screen: str) -> None:
    a_model("transformer")
    checked(opened(screen))


def test_an_own_text_is_read_and_offered() -> None:
    app = opened("train", text="own")
    app.segmented_control(key="train-text-own-how").set_value("Upload a file").run()
    table = "\n".join(f"{token} word,{token} again" for token in TOKENS * 3)
    for name, data, kind in (
        (f"{TITLE}.csv", f"{TITLE},other\n{table}", "text/csv"),
        (f"{TITLE}.*a*", "x", "text/plain"),
    ):
        file = app.file_uploader(key="train-text-own-file")
        checked(file.set_value((name, data.encode(), kind)).run())
        assert app.error or any(SHOWN in caption.value for caption in app.caption)


FURTHER = {
    "attention": [
        "Switch off", "What moved the guess", "Averages and types", "Masks", "Positions",
        "Earlier steps",
    ],
    "generate_text": [
        "The prompt, scored", "By hand, and branches", "Several samples", "Beam search",
        "What is new",
    ],
}  # fmt: skip


def test_attention_further() -> None:
    a_model("transformer")
    app = opened("attention", attention__model=LABEL, attention__text=PROMPT)
    for part in FURTHER["attention"]:
        checked(app.segmented_control(key="attention-further").set_value(part).run())
        assert not app.error
        assert part != "Switch off" or any(readable(TURNED) in one for one in as_text(app))


def test_generate_text_further() -> None:
    a_model("transformer")
    said = {"generate_text__model": LABEL, "generate_text__prompt": PROMPT}
    for look in FURTHER["generate_text"]:
        app = opened("generate_text", **said, generate_text__look=look)
        assert seen(checked(app)) >= 3
        assert not app.error


def test_a_model_quantized_and_averaged() -> None:
    a_model("transformer")
    for view in ("One matrix", "All schemes", "Outliers"):
        app = opened("quantize", quantize__model=LABEL, quantize__view=view)
        checked(app)
        assert LABEL in app.selectbox(key="quantize-model").options
    model = {"averaging__step": "6 In a model", "averaging__model": LABEL}
    app = opened("from_averaging_to_attention", **model, averaging__text=PROMPT)
    assert seen(checked(app))
    assert seen(checked(opened("from_averaging_to_attention", averaging__words="$5 *a* b$")))


@pytest.mark.parametrize("method", ["lora", "soft-prompt"])
def test_fine_tune(method: str) -> None:
    """A model of the visitor's adapted to a text of the visitor's, and what came of it."""
    base, corpus, store = a_model("transformer"), a_text(), session._manager().store
    assert SHOWN in checked(opened("fine_tune", tune__model=LABEL))
    text = CorpusSpec(name="own", text=corpus.info.name.removeprefix("own-"))
    how = AdapterSettings(method=method, rank=2, prompt=2)
    given = tuning_spec(f"{A_RUN}{base}", text, how, budget=Budget(steps=2))
    folder = store.run_folder(store.create(OWNER, TITLE, given.to_dict())) / "checkpoint"
    list(TrainingRun(prepare(given), folder, choose_device("cpu", 1)))
    app = opened("fine_tune", tune__view="What came of it")
    checked(app)
    assert not app.error
    assert any(readable(TURNED) in one for one in as_text(app))  # what it writes


def test_a_text_that_was_cleaned() -> None:
    text = a_text().info.name
    app = opened("dataset_explorer", text=text, explorer__look="Cleaning")
    checked(app.checkbox(key="explorer-clean-lower").check().run())
    checked(app.button(key="explorer-clean-use").click().run())
    assert not app.error
    taken = app.selectbox(key="explorer-text").value
    assert taken not in (text, "names", "speeches")
