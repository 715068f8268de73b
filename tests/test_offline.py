"""The tests really run unplugged, and so does every program they start."""

import errno
import http.server
import socket
import subprocess
import sys
import threading
import urllib.request

import pytest

from tests.waiting import PATIENCE

ELSEWHERE = "192.0.2.1"  # kept free for documentation (RFC 5737): nobody is there


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_another_machine_cannot_be_reached(network_calls) -> None:
    with pytest.raises(OSError, match="unreachable") as refused, socket.socket() as sock:
        sock.connect((ELSEWHERE, 80))
    assert refused.value.errno == errno.ENETUNREACH
    assert [call.split()[0] for call in network_calls.expected()] == [ELSEWHERE]


def test_names_cannot_be_looked_up(network_calls) -> None:
    with pytest.raises(OSError, match="name resolution"):
        urllib.request.urlopen("http://lab.example/", timeout=PATIENCE).close()
    assert [call.split()[0] for call in network_calls.expected()] == ["lab.example"]


def test_a_program_that_a_test_starts_is_unplugged(network_calls) -> None:
    code = f"import socket; print(socket.socket().connect_ex(({ELSEWHERE!r}, 80)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == errno.ENETUNREACH
    assert len(network_calls.expected()) == 1


def test_this_machine_can_be_reached() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://localhost:{server.server_port}/"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            assert answer.status == 200
        server.shutdown()
