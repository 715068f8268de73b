"""Unplug this process: whoever is not on this machine cannot be reached.

Python imports a module of this name by itself at every start. tests/conftest.py puts this folder on
PYTHONPATH, so the app, its workers and the command line that tests start are unplugged as well.

A connection fails as it does with the cable out, and the address is noted in the file named by
LM_LAB_TEST_CALLS, so that a test can fail even where the program recovers.
"""

import errno
import ipaddress
import os
import socket
import sys
from typing import Any

_connect, _connect_ex, _lookup = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.getaddrinfo,
)


def _here(host: Any) -> bool:
    host = host.decode() if isinstance(host, bytes) else str(host or "")
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _note(host: Any) -> None:
    # Not `open`, which a test may have replaced to play a full disk.
    handle = os.open(os.environ["LM_LAB_TEST_CALLS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{host} called by {' '.join(sys.argv)}\n".encode())
    os.close(handle)


def _refused(sock: socket.socket, address: Any) -> bool:
    away = sock.family in (socket.AF_INET, socket.AF_INET6) and not _here(address[0])
    if away:
        _note(address[0])
    return away


def _unplugged_connect(sock: socket.socket, address: Any) -> None:
    if _refused(sock, address):
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
    _connect(sock, address)


def _unplugged_connect_ex(sock: socket.socket, address: Any) -> int:
    return errno.ENETUNREACH if _refused(sock, address) else _connect_ex(sock, address)


def _unplugged_lookup(host: Any, *args: Any, **kwargs: Any) -> list:
    if not _here(host):
        _note(host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _lookup(host, *args, **kwargs)


# A process of pytest-xdist is unplugged at its start, and tests/conftest.py then asks once more.
if "LM_LAB_TEST_CALLS" in os.environ and _connect.__name__ != _unplugged_connect.__name__:
    socket.socket.connect = _unplugged_connect
    socket.socket.connect_ex = _unplugged_connect_ex
    socket.getaddrinfo = _unplugged_lookup
