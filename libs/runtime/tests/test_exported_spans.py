"""Spans of a process as a collector gets them: by the names of OpenTelemetry's conventions."""

import gzip
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from notes.behind_http import Notes
from tests.whole import only_whole

received: list[ExportTraceServiceRequest] = []


class Collector(BaseHTTPRequestHandler):
    """Takes spans over HTTP."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        received.append(ExportTraceServiceRequest.FromString(plain))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the test says what is wrong."""


def attributes(found: Any) -> dict[str, str]:
    return {each.key: each.value.string_value or str(each.value.int_value) for each in found.attributes}


@only_whole
async def test_a_process_and_its_requests_have_the_conventions_names(
    serve: Any, notes: Notes, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        running = await serve("notes.main:create", notes.installation.settings.model_copy(update={"role": "api"}))
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{running.url}/v1/notes/17")).status_code == 401

        async def told() -> Any:
            spans = [
                (attributes(part.resource), span)
                for request in received
                for part in request.resource_spans
                for scope in part.scope_spans
                for span in scope.spans
            ]
            return [(resource, span) for resource, span in spans if span.name.startswith("GET /v1/notes/")]

        ((resource, span),) = await eventually(told)
        assert resource["service.name"] == "notes"
        said = attributes(span)
        assert said["http.route"] == span.name.removeprefix("GET ")
        assert "{" in said["http.route"]
        assert (said["http.request.method"], said["http.response.status_code"]) == ("GET", "401")
    finally:
        server.shutdown()
        server.server_close()
