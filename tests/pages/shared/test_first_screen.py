"""`/home` leads to `/`."""

import pytest
from streamlit.testing.v1.util import patch_config_options

from pages._ui.shared.first_screen import HomeToRoot
from tests.loops import awaited


async def asked(path: str, query: str = "") -> tuple[int, str]:
    """Status and place of the answer; the server behind it answers 200."""

    async def page(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    said = []

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            said.append((message["status"], dict(message["headers"]).get(b"location", b"")))

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "scheme": "http",
        "server": ("localhost", 80),
        "query_string": query.encode(),
        "headers": [],
    }
    await HomeToRoot(page)(scope, None, send)
    ((status, place),) = said
    return status, place.decode()


@pytest.mark.parametrize(
    ("base", "path", "query", "place"),
    [
        ("", "/home", "", "./"),
        ("", "/home/", "", "../"),
        ("", "/home", "home-text=All%20people&large=true", "./?home-text=All%20people&large=true"),
        ("/lab", "/lab/home", "", "./"),
    ],
)
def test_its_name_leads_to_its_address_with_what_it_says(
    base: str, path: str, query: str, place: str
) -> None:
    with patch_config_options({"server.baseUrlPath": base}):
        assert awaited(asked(path, query)) == (307, place)


@pytest.mark.parametrize("path", ["/", "/train", "/homes", "/lab/home", "/home/_stcore/health"])
def test_every_other_address_is_left_alone(path: str) -> None:
    assert awaited(asked(path)) == (200, "")
