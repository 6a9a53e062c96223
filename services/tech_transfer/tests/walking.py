"""All that one reader gets of one transfer, by every way to read that the service has."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader

from tests.whole import WHOLE

EVERY: Final = {"limit": "100"}
RESULTS: Final = "method-transfer-results"
HOLDING: Final = (RESULTS, "method-transfers", "transfer-batches", "ppq-series", "comparabilities")
"""The collections whose records hold results: all of them are read. Of others two are, but in the whole run."""


def readable(service: Any) -> list[tuple[str, str]]:
    """Each path that can be read by at most one id: what stands before the id, and after it."""
    paths = [path for path, operations in service.app.openapi()["paths"].items() if "get" in operations]
    parted = [path.removeprefix("/v1").partition("{") for path in paths if path.count("{") < 2]
    return [(before, after.partition("}")[2]) if parameter else (before, "") for before, parameter, after in parted]


async def ids_of(service: Any, transfer: Any) -> dict[str, list[str]]:
    """By collection the records of a transfer, as the sponsor finds them."""
    collections = {before.strip("/") for before, _ in readable(service) if before.endswith("/")}
    found = dict[str, list[str]]()
    for name in sorted(collections):  # results come after the method transfers that they are of
        answer = await service.client.get(f"/{name}", params=EVERY)
        of = "method_transfer_id" if name == RESULTS else "id" if name == "transfers" else "transfer_id"
        own = [transfer["id"], *found.get("method-transfers", [])]
        ids = [each["id"] for each in answer.json().get("items", []) if each[of] in own]
        found[name] = ids if WHOLE or name in HOLDING else ids[:2]
    found["audit"] = [id for ids in found.values() for id in ids]
    return found


async def paths_of(service: Any, transfer: Any) -> list[str]:
    """Every path that can be read with no more than the ids of a transfer and of its records."""
    ids = await ids_of(service, transfer)
    return [
        before + id + after
        for before, after in readable(service)
        for id in (ids[before.strip("/")] if before.endswith("/") else [""])
    ]


async def read(reader: Any, paths: list[str]) -> AsyncIterator[tuple[str, str]]:
    """What a reader gets, by path; nothing of what is not for it."""
    for path in paths:
        answer = await reader.get(path, params=EVERY if path.count("/") == 1 else None)
        yield path, _text(answer) if answer.status_code == 200 else answer.text


def _text(answer: Any) -> str:
    if answer.headers["content-type"] != "application/pdf":
        return str(answer.text)
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
