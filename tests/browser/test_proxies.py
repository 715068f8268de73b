"""The lab at a path of a host, behind nginx and behind Caddy as `deploy/` sets them up: only the
ports are others here.
"""

import asyncio
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.owners import COOKIE
from tests.browser.test_training import start
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer, _free_port
from tools.visitor import Visitor

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "deploy"
# What Debian's nginx.conf has around the files of conf.d, with all it writes in one folder.
AROUND = """
daemon off; pid {folder}/pid; error_log stderr; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/lab.conf;
}}
"""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    home = tmp_path_factory.mktemp("behind")
    address = {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}  # as the service has it
    with LabServer(home, prefix="/lab", environment=address, seconds=PATIENCE) as lab:
        yield lab


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest, behind: LabServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address at which the proxy serves the lab."""
    program = shutil.which(request.param, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"{request.param} is not here (on Debian: apt-get install nginx-light caddy)")
    folder, port = tmp_path_factory.mktemp("proxy"), _free_port()
    written = "nginx.conf" if request.param == "nginx" else "Caddyfile"
    text = (DEPLOY / written).read_text(encoding="utf-8")
    assert text.count("8080") >= 1
    text = text.replace("8080", str(port)).replace("127.0.0.1:8501", f"127.0.0.1:{behind.port}")
    if request.param == "nginx":
        user = "user root;" if os.geteuid() == 0 else ""  # or it could not read pytest's folders
        (folder / "lab.conf").write_text(text)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    else:
        (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
        command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    url = f"http://localhost:{port}/lab"
    with (folder / "log").open("wb") as log:
        proxy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:

        def ready() -> bool:
            assert proxy.poll() is None, (folder / "log").read_text()
            try:
                return get(f"{url}/_stcore/health")[0] == 200
            except OSError:
                return False

        until(ready)
        yield url
    finally:
        proxy.terminate()
        proxy.wait()


def get(url: str, **headers: str) -> tuple[int, str, str]:
    """Status, address after being sent on, and the cookie."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.url, answer.headers.get("set-cookie", "")
    except urllib.error.HTTPError as error:
        return error.code, url, ""


def test_the_page_its_cookie_and_what_is_not_for_everybody(proxied: str, behind: LabServer) -> None:
    status, at, cookie = get(proxied, accept="text/html")
    assert (status, at) == (200, f"{proxied}/")
    assert cookie.startswith(f"{COOKIE}=")
    assert "Secure" not in cookie
    assert get(f"{proxied}/_stcore/metrics")[0] == 404
    assert get(f"{behind.url}/_stcore/metrics")[0] == 200
    # What the proxies say where they serve https: then the cookie is for https alone.
    by_https = {"accept": "text/html", "X-Forwarded-Proto": "https"}
    assert "; Secure" in get(f"http://127.0.0.1:{behind.port}/lab/", **by_https)[2]


def test_a_visitor_starts_a_run_over_the_websocket(proxied: str) -> None:
    async def visit() -> None:
        async with Visitor(proxied) as visitor:
            await visitor.open("train")
            await visitor.until(lambda: visitor.can_press("Start"))
            await visitor.enter("Seed", 7)
            await visitor.press("Start")
            await visitor.until(lambda: visitor.figures.get("Step", "")[:1].isdigit())
            await visitor.go("Architectures")

    with ThreadPoolExecutor() as aside:  # this thread has Playwright's own loop
        aside.submit(asyncio.run, visit()).result()


def test_a_browser_trains_comes_back_and_gives_a_file_larger_than_proxies_like(
    proxied: str, page: Page
) -> None:
    run = start(page, url=proxied)
    assert page.url.startswith(f"{proxied}/train?")
    page.reload()
    expect(page).to_have_url(re.compile(f"run={run}"))
    page.get_by_role("link", name="Architectures", exact=True).click()
    expect(page).to_have_url(re.compile(rf"{proxied}/architectures"))
    expect(page.get_by_role("heading", name="Architectures")).to_be_visible()

    page.goto(f"{proxied}/train?text=own")
    lines = b"".join(b"It was the day number %d of a long year.\n" % n for n in range(60_000))
    assert 2_000_000 < len(lines) < 10_000_000
    given = {"name": "days.txt", "mimeType": "text/plain", "buffer": lines}
    page.get_by_text("Upload a file", exact=True).click()
    with page.expect_response(re.compile(f"{proxied}/_stcore/upload_file/")) as sent:
        page.locator("input[type=file]").set_input_files(given)
    assert sent.value.status == 204
