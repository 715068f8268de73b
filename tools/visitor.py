"""A visitor without a browser: what a browser sends to Streamlit and understands of its answers.

    async with Visitor(lab.url) as visitor:
        await visitor.open("train")
        await visitor.enter("Seed", 7)
        await visitor.press("Start")
        seconds = await visitor.go("Architectures")

It keeps what Streamlit's own page keeps (the widgets that are there, the address, the messages that
the server need not send again) and looks again where a part of the screen asks for that. It draws
nothing, so dozens of them fit beside the server that they measure.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from lm_core.runs.owners import COOKIE, new_owner

WIDGETS = ("button", "number_input", "selectbox", "checkbox")
# Messages that are kept for when the server says no more than their name, and of these the latest
# that it is told of: one may be on its way while others come.
KEPT, TOLD = 100, 50


class Visitor:
    """One open page, of a visitor of its own.

    `heard` is given every message as it came. `figures` are the metrics on the screen by label,
    `query` is what stands in the address, `heading` the name of the screen.
    """

    def __init__(
        self, url: str, *, owner: str = "", heard: Callable[[bytes], None] = lambda _: None
    ) -> None:
        self.owner = owner or new_owner()
        self.figures: dict[str, str] = {}
        self.query = self.heading = ""
        self.runs = 0  # of the script, as a whole
        self._url, self._heard = url, heard
        self._page, self._pages = "", {}  # the hash of the screen, and those of all by title
        self._going = False  # on the way to it
        self._widgets: dict[str, Any] = {}  # by label
        self._folds: dict[str, str] = {}  # what can be unfolded, the ids by label
        self._states: dict[str, WidgetState] = {}  # what was chosen, by id
        self._kept: dict[str, ForwardMsg] = {}
        self._looks: dict[str, tuple[float, asyncio.Task]] = {}
        self._news = asyncio.Event()

    async def __aenter__(self) -> "Visitor":
        address = self._url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = await connect(
            address,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": f"{COOKIE}={self.owner}"},
            compression=None,  # as the lab's server offers none
            max_size=None,
        )
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_looking()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._socket.close()

    # What a person does ---------------------------------------------------------------------------

    async def open(self, screen: str, query: str = "") -> float:
        """The screen at an address of the lab; seconds until its heading stands there."""
        self.query, self.heading = query, ""
        await self._rerun(page_name=screen)
        return await self.until(lambda: self.heading)

    async def go(self, screen: str) -> float:
        """From the list of screens to one, by its title; seconds until its heading stands there."""
        self.query, self.heading, self._page, self._going = "", "", self._pages[screen], True
        self._widgets, self._states = {}, {}
        await self._rerun()
        return await self.until(lambda: self.heading == screen)

    async def enter(self, label: str, number: float) -> float:
        """Type a number; seconds until the screen was drawn anew with it."""
        widget = self._widgets[label]
        self._states[widget.id] = WidgetState(id=widget.id, double_value=number)
        self.heading, before = "", self.runs
        await self._rerun()
        return await self.until(lambda: self.heading and self.runs > before)

    async def press(self, label: str) -> None:
        """A button."""
        await self._rerun(WidgetState(id=self._widgets[label].id, trigger_value=True))

    async def unfold(self, label: str) -> float:
        """Open what is folded up; seconds until the screen was drawn anew with it."""
        self._states[self._folds[label]] = WidgetState(id=self._folds[label], bool_value=True)
        before = self.runs
        await self._rerun()
        return await self.until(lambda: self.runs > before)

    def has(self, label: str) -> bool:
        """Whether there is a widget of that name."""
        return label in self._widgets

    def can_press(self, label: str) -> bool:
        """Whether the button is there and not greyed out."""
        return label in self._widgets and not self._widgets[label].disabled

    async def until(self, true: Callable[[], object], most: float | None = 300.0) -> float:
        """Seconds until it is so, looked at after each message.

        Raises:
            TimeoutError: it is not, after `most` seconds.
            ConnectionError: the server has hung up.
        """
        began = time.perf_counter()
        async with asyncio.timeout(most):
            while not true():
                if self._listening.done():
                    self._listening.result()  # raises what went wrong in it
                    raise ConnectionError("The server has hung up.")
                self._news.clear()
                await self._news.wait()
        return time.perf_counter() - began

    # What its browser does ------------------------------------------------------------------------

    async def _rerun(self, *pressed: WidgetState, **more: Any) -> None:
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_script_hash = self.query, self._page
        state.widget_states.widgets.extend([*self._states.values(), *pressed])
        state.cached_message_hashes.extend(list(self._kept)[-TOLD:])
        state.context_info.url = self._url
        state.context_info.timezone, state.context_info.locale = "UTC", "en-GB"
        for name, value in more.items():
            setattr(state, name, value)
        await self._socket.send(asked.SerializeToString())

    async def _look(self, fragment: str, every: float) -> None:
        """Ask for a part of the screen again and again."""
        while True:
            await asyncio.sleep(every)
            await self._rerun(fragment_id=fragment, is_auto_rerun=True)

    def _stop_looking(self, *fragments: str) -> None:
        for fragment in fragments or tuple(self._looks):
            if fragment in self._looks:
                self._looks.pop(fragment)[1].cancel()

    async def _listen(self) -> None:
        try:
            async for raw in self._socket:
                self._heard(raw)
                self._take(ForwardMsg.FromString(raw))
                self._news.set()
        finally:
            self._news.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._kept[message.ref_hash] = message = self._kept.pop(message.ref_hash)
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._kept[message.hash] = message
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        match kind:
            case "new_session" if not message.metadata.run.fragment_ids:
                self.runs += 1
                self._going &= message.new_session.page_script_hash != self._page
                if not self._going:  # or what the server was at before it heard of the click
                    self._page = message.new_session.page_script_hash
                self._stop_looking()
            case "navigation":
                pages = message.navigation.app_pages
                self._pages = {page.page_name: page.page_script_hash for page in pages}
                if not self._going:  # a session that has just come was at the first screen
                    self._page = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self._begin_looking(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_looking(*message.stop_auto_rerun.fragment_ids)
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._show(message.delta.new_element)
            case "delta" if message.delta.add_block.WhichOneof("type") == "expandable":
                panel = message.delta.add_block.expandable
                self._folds[panel.label] = panel.id

    def _begin_looking(self, fragment: str, every: float) -> None:
        if self._looks.get(fragment, (None,))[0] != every:
            self._stop_looking(fragment)
            self._looks[fragment] = every, asyncio.create_task(self._look(fragment, every))

    def _show(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "heading" and element.heading.tag == "h1":
            self.heading = element.heading.body
        elif kind == "metric":
            self.figures[element.metric.label] = element.metric.body
        elif kind in WIDGETS:
            widget = getattr(element, kind)
            self._widgets[widget.label] = widget
