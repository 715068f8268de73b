"""A visitor without a browser understands what Streamlit sends, as its own page does."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lm_core.runs.owners import is_owner
from tests.loops import awaited
from tools import visitor
from tools.visitor import Visitor


def session(page: str, *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.page_script_hash = page
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def heading(body: str, tag: str = "h1") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.heading.tag = tag
    message.delta.new_element.heading.body = body
    return message


def metric(label: str, body: str, name: str = "") -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.metadata.cacheable = bool(name)
    message.delta.new_element.metric.label = label
    message.delta.new_element.metric.body = body
    return message


@pytest.fixture
def page() -> Visitor:
    return Visitor("http://localhost:1")


def test_each_is_somebody_else(page: Visitor) -> None:
    assert is_owner(page.owner)
    assert page.owner != Visitor("http://localhost:1").owner
    assert Visitor("http://localhost:1", owner="x").owner == "x"


def test_it_knows_the_screen_its_figures_and_its_buttons(page: Visitor) -> None:
    button = ForwardMsg()
    button.delta.new_element.button.label = "Start"
    for message in (heading("Train"), heading("Loss", "h2"), metric("Step", "7"), button):
        page._take(message)
    assert (page.heading, page.figures) == ("Train", {"Step": "7"})
    assert page.can_press("Start")
    assert not page.can_press("Stop")
    button.delta.new_element.button.disabled = True
    page._take(button)
    assert not page.can_press("Start")


def test_it_knows_what_can_be_unfolded(page: Visitor) -> None:
    panel = ForwardMsg()
    panel.delta.add_block.expandable.label, panel.delta.add_block.expandable.id = "More", "id-1"
    page._take(panel)
    assert page._folds == {"More": "id-1"}
    assert not page.has("Seed")


def test_a_run_of_a_part_is_none_of_the_whole_screen(page: Visitor) -> None:
    page._take(session("train"))
    page._take(session("train", "panel"))
    assert page.runs == 1


def test_on_the_way_to_a_screen_the_one_before_is_not_come_back_to(page: Visitor) -> None:
    page._take(session("train"))
    page._page, page._going = "doctor", True
    page._take(session("train"))
    assert page._page == "doctor"
    for screen in ("doctor", "train"):  # it has come, and the server goes on to another
        page._take(session(screen))
        assert page._page == screen


def test_a_message_that_is_not_sent_again_is_remembered_but_not_for_ever(page: Visitor) -> None:
    page._take(metric("Step", "1", name="one"))
    page._take(metric("Step", "2"))
    page._take(ForwardMsg(ref_hash="one"))
    assert page.figures == {"Step": "1"}
    for place in range(visitor.KEPT - 1):
        page._take(metric("Step", str(place), name=f"more {place}"))
    page._take(ForwardMsg(ref_hash="one"))
    page._take(metric("Step", "0", name="last"))  # in the place of the oldest
    assert page.figures == {"Step": "0"}
    assert len(page._kept) == visitor.KEPT
    assert "one" in page._kept


def test_a_part_that_looks_again_is_asked_for_until_the_screen_is_drawn_anew(page: Visitor) -> None:
    async def looked() -> list[int]:
        counts = []
        for message in (again("panel", 1.0), again("panel", 1.0), again("panel", 0.5)):
            page._take(message)
            counts.append(len(page._looks))
        assert page._looks["panel"][0] == 0.5
        page._take(session("train", "panel"))
        counts.append(len(page._looks))
        page._take(session("train"))
        return [*counts, len(page._looks)]

    assert awaited(looked()) == [1, 1, 1, 1, 0]


def again(fragment: str, every: float) -> ForwardMsg:
    message = ForwardMsg()
    message.auto_rerun.fragment_id, message.auto_rerun.interval = fragment, every
    return message


def test_a_page_opened_by_its_name_stays_there(page: Visitor) -> None:
    """The server says at first which screen a session that has just come was at, the first one, and
    by the list of screens where it is now."""
    message = ForwardMsg()
    message.navigation.page_script_hash = "train"
    page._take(session("home"))
    page._take(message)
    assert page._page == "train"
    page._page, page._going = "compare", True  # pressed, and the server has not heard of it
    page._take(message)
    assert page._page == "compare"
