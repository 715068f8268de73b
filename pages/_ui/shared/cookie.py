"""The cookie that ties a visitor's id to the browser.

It comes with the page itself, so it is there before the page connects and says whose it is, and
two tabs that are opened at once end with one. Scripts cannot read it. A page that is shown inside
one of another site gets none, unless the lab was started with `--server.xsrfCookieSameSite=none`,
as uploads need there.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from lm_core.runs.owners import COOKIE, is_owner, new_owner

SECONDS = 400 * 24 * 3600  # the most that browsers keep one; each visit begins it anew


class VisitorCookie:
    """What is asked for a page answers with the cookie: the one that was sent, or a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_page(HTTPConnection(scope)):
            await self.app(scope, receive, send)
            return
        sent = HTTPConnection(scope).cookies.get(COOKIE)
        line = _line(sent if is_owner(sent) else new_owner(), secure=scope["scheme"] == "https")

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", line)
                headers["cache-control"] = "private, no-cache"  # no proxy hands it to another
            await send(message)

        await self.app(scope, receive, with_cookie)


def _is_page(asked: HTTPConnection) -> bool:
    """Whether a browser opens a page, and not what belongs to one."""
    return "text/html" in asked.headers.get("accept", "")


def _line(owner: str, *, secure: bool) -> str:
    parts = [f"{COOKIE}={owner}", "Path=/", f"Max-Age={SECONDS}", "HttpOnly"]
    if str(config.get_option("server.xsrfCookieSameSite")).lower() == "none":
        return "; ".join([*parts, "SameSite=None", "Secure", "Partitioned"])
    # Not "Strict": whoever follows a link from another site would come without it.
    return "; ".join([*parts, "SameSite=Lax", *(["Secure"] if secure else [])])
