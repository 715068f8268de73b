"""The first screen has two addresses: `/`, and `/home`, as it would be from its name."""

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

NAME = "home"


class HomeToRoot:
    """What is asked for `/home` goes on to `/`, with what the address says. Streamlit gives its
    first screen no name of its own, and would lay “Page not found” over it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _within(scope["path"]) == NAME:
            # relative: a proxy may have the lab below a path of its own
            above = "../" if scope["path"].endswith("/") else "./"
            asked = HTTPConnection(scope).url.query
            await RedirectResponse(above + (f"?{asked}" if asked else ""))(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _within(path: str) -> str:
    """A path below where the lab is served."""
    base = str(config.get_option("server.baseUrlPath")).strip("/")
    return path.strip("/").removeprefix(base).strip("/")
