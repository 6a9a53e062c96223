"""A pytest plugin: the certificates that clients trust are read once in a process.

httpx reads all that the world trusts for each client that it makes, which takes 40 ms of a core. Tests make some
thousand clients, for plain HTTP.
"""

from functools import cache

import httpx
import pytest


def pytest_configure() -> None:
    """Let all clients of this process have one TLS context for each way to make one."""
    patch = pytest.MonkeyPatch()  # for as long as the process lives
    patch.setattr("httpx._transports.default.create_ssl_context", cache(httpx.create_ssl_context))
