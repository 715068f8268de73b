"""Where a class finds the lab: the address, large and as a QR code, in the terminal and on Home."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st

from lm_core.machine import network_address
from pages._ui.shared.teacher_token import teachers_address

if TYPE_CHECKING:
    import segno

HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # what a machine calls itself
ALONE = (
    "This machine is in no network, so nobody else can open the lab: join the network of your "
    "class, then {then}."
)
LETTERS = "font-size:2.2rem;font-weight:600;margin:0;overflow-wrap:anywhere"
# Of a terminal: a code has to be dark on light whatever was chosen there; letters twice as wide,
# where it can, and bold.
WHITE_ON_BLACK, LARGE, USUAL = "\x1b[97;40m", "\x1b#6\x1b[1m", "\x1b[0m"


def for_class() -> bool:
    """Whether the lab was started for a class (`make class`)."""
    return bool(os.environ.get("LM_LAB_CLASS"))


def lab_address() -> str | None:
    """What others in the network type, as http://192.168.1.5:8501, or the address that was given at
    the start; None where nobody else can reach this machine."""
    from streamlit.web.server.server_util import get_url

    given = os.environ.get("LM_LAB_CLASS", "")
    if given.startswith(("http://", "https://")):
        return given.rstrip("/")
    host = network_address()
    return get_url(host) if host else None


def for_others(url: str) -> str | None:
    """The address of a screen as others reach it, given how this browser does."""
    parts = urlsplit(url)
    if parts.hostname not in HERE:
        return url.rstrip("/")
    lab, screen = lab_address(), parts.path.rpartition("/")[2]
    return lab and f"{lab}/{screen}".rstrip("/")


@asynccontextmanager
async def announced(_: Any) -> AsyncIterator[None]:
    """Around the life of the server, which has its port by then: say where a class finds it."""
    if for_class():
        print(in_terminal(lab_address(), sys.stdout), for_the_teacher(), sep="\n", flush=True)
    yield


def for_the_teacher() -> str:
    """The address of the teacher's page: by this machine's own name for itself, so that it crosses
    no network, or by the address that was given at the start."""
    from streamlit.web.server.server_util import get_url

    given = os.environ.get("LM_LAB_CLASS", "")
    lab = lab_address() if given.startswith(("http://", "https://")) else get_url(HERE[0])
    return f"  For you alone, the teacher's page:\n\n  {teachers_address(lab or HERE[0])}\n"


def in_terminal(address: str | None, out: Any) -> str:
    """The address and its code, in signs that `out` can write."""
    if address is None:
        return f"  {ALONE.format(then='start again')}\n"
    drawn = StringIO()
    code(address).terminal(drawn, compact=True)
    if out.isatty():
        lines = (f"  {WHITE_ON_BLACK}{line}{USUAL}\n" for line in drawn.getvalue().splitlines())
        shown, large = "".join(lines), f"{LARGE}  {address}{USUAL}"
    else:
        shown, large = drawn.getvalue(), f"  {address}"
    try:
        shown.encode(out.encoding or "ascii")
    except UnicodeEncodeError:
        shown = ""
    return f"  For your class, in the same network:\n\n{large}\n\n{shown}"


def for_projector() -> None:
    """On Home: the same behind a small button."""
    with st.popover(
        "For your class: the address", type="tertiary", key="class-address", on_change="rerun"
    ) as box:
        if not box.open:
            return
        address = for_others(st.context.url or "")
        if address is None:
            st.info(ALONE.format(then="open this again"))
            return
        drawn = code(address).svg_data_uri(scale=8, light="white")
        said = escape(address)
        st.html(
            f'<p style="{LETTERS}">{said}</p>'
            f'<img src="{drawn}" alt="QR code of {said}" style="width:20rem">'
        )
        st.caption("Type it into a browser in the same network, or scan the code.")


def code(address: str) -> "segno.QRCode":
    """The QR code of an address."""
    import segno

    return segno.make(address, micro=False)
