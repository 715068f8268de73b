"""Where a class finds the lab: in words, and in a code that says the same."""

import io
from pathlib import Path

import pytest
import segno
from streamlit import config
from streamlit.testing.v1 import AppTest

from pages._ui.shared import class_address
from pages._ui.shared.class_address import announced, for_others, in_terminal
from tests.loops import awaited
from tests.pages.html import html
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
CARD, LAB = "192.168.178.23", "http://192.168.178.23:8501"


@pytest.fixture(autouse=True)
def in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LM_LAB_CLASS", raising=False)
    monkeypatch.setattr(class_address, "network_address", lambda: CARD)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_address, "network_address", lambda: None)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def code(address: str) -> str:
    drawn = io.StringIO()
    segno.make(address, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("url", "others"),
    [
        ("http://localhost:8501/", LAB),
        ("http://127.0.0.1:8501/train", f"{LAB}/train"),
        ("http://[::1]:8501/train", f"{LAB}/train"),
        ("http://lab.example/class/train", "http://lab.example/class/train"),
        ("https://lab.example/", "https://lab.example"),
    ],
)
def test_others_reach_a_screen_by_an_address_that_is_not_this_machines_name_for_itself(
    url: str, others: str
) -> None:
    assert for_others(url) == others


def test_an_address_that_was_given_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_CLASS", "https://lab.example/class/")
    assert for_others("http://localhost:8501/train") == "https://lab.example/class/train"


def test_the_port_is_the_one_that_was_free() -> None:
    config.set_option("server.port", 8507)
    try:
        assert for_others("http://localhost:8507/") == "http://192.168.178.23:8507"
    finally:
        config.set_option("server.port", 8501)


@pytest.mark.usefixtures("alone")
def test_without_a_network_nobody_else_has_an_address() -> None:
    assert for_others("http://localhost:8501/") is None
    assert in_terminal(None, Terminal()).count(".") == 1


def test_a_terminal_shows_the_address_and_its_code_light_on_dark() -> None:
    said = in_terminal(LAB, Terminal())
    assert LAB in said
    lines = [line.strip() for line in said.splitlines() if "█" in line]
    assert lines == [f"\x1b[97;40m{line}\x1b[0m" for line in code(LAB).splitlines()[:-1]]


def test_a_file_gets_the_same_without_colours_and_letters_alone_where_it_knows_no_more() -> None:
    utf, ascii_ = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "ascii")
    assert code(LAB) in in_terminal(LAB, utf)
    assert "\x1b" not in in_terminal(LAB, utf)
    said = in_terminal(LAB, ascii_)
    assert LAB in said
    assert said.isascii()


def test_it_is_said_at_the_start_for_a_class_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    async def started() -> None:
        async with announced(None):
            pass

    awaited(started())
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("LM_LAB_CLASS", "1")
    awaited(started())
    said = capsys.readouterr().out
    assert LAB in said
    assert said.count("http://localhost:8501/teacher?teacher=") == 1


def home(url: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.context["url"] = url
    at.session_state["class-address"] = True  # open
    at.run()
    assert not at.exception
    return at


def test_home_shows_it_large_with_a_code_that_is_told_in_words() -> None:
    shown = "".join(html(home("http://localhost:8501/")))
    assert f">{LAB}</p>" in shown
    assert f'alt="QR code of {LAB}"' in shown
    assert segno.make(LAB, micro=False).svg_data_uri(scale=8, light="white") in shown


@pytest.mark.usefixtures("alone")
def test_home_says_that_nobody_else_can_come() -> None:
    at = home("http://localhost:8501/")
    assert [one.value for one in at.info] == [
        "This machine is in no network, so nobody else can open the lab: join the network of your "
        "class, then open this again."
    ]


def test_a_link_for_a_class_has_the_address_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_CLASS", "1")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.context["url"] = "http://localhost:8501/train"
    at.switch_page("pages/train.py").run()
    assert any(one.value.startswith(f"{LAB}/train?spec=") for one in at.code)
