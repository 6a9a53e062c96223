"""The command as a user has it, and a server that answers whatever a test wants."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app


@dataclass
class Entente:
    """``entente`` with its own data folder and nothing in the environment."""

    data: Path
    environment: dict[str, str | None]

    def __call__(self, *arguments: str, **environment: str) -> Result:
        """Run a command; output and exit status as a shell would see them."""
        return CliRunner().invoke(app, list(arguments), env=self.environment | environment)


@pytest.fixture
def entente(tmp_path: Path) -> Entente:
    """The command, in a folder of its own."""
    data = tmp_path / "data"
    return Entente(data, {"ENTENTE_DATA": str(data), "ENTENTE_URL": None, "ENTENTE_TOKEN": None})


@dataclass
class Answering:
    """A server that gives one answer to everything, or to what ``lists`` names a list; it keeps what it was asked."""

    url: str = ""
    status: int = 200
    body: Any = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def answering() -> Iterator[Answering]:
    """The server, on a port of its own."""
    kept = Answering()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            kept.asked.append((self.command, self.path, dict(self.headers), body))
            items = kept.lists.get(self.path.partition("?")[0].rpartition("/")[2])
            content = json.dumps(kept.body if items is None else {"items": items, "next": None}).encode()
            self.send_response(kept.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: Any) -> None:
            """A test's standard error stays clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()
