"""All that one reader gets of one transfer, by every way to read that the service has."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader

EVERY: Final = {"limit": "100"}


async def ids_of(service: Any, collection: str, transfer: Any) -> list[str]:
    """The records of a collection that belong to a transfer, as the sponsor finds them."""
    rows = (await service.client.get(f"/{collection}", params=EVERY)).json()["items"]
    results = collection == "method-transfer-results"
    own = set(await ids_of(service, "method-transfers", transfer)) if results else {transfer["id"]}
    of = "method_transfer_id" if results else "id" if collection == "transfers" else "transfer_id"
    return [each["id"] for each in rows if each[of] in own]


async def paths_of(service: Any, transfer: Any) -> list[str]:
    """Every path that can be read with no more than the ids of a transfer and of its records."""
    found = []
    for path, operations in service.app.openapi()["paths"].items():
        if "get" in operations and path.count("{") < 2:
            path = path.removeprefix("/v1")
            before, parameter, after = path.partition("{")
            ids = await ids_of(service, before.strip("/"), transfer) if parameter else [""]
            found += [before + id + after.partition("}")[2] for id in ids]
    return found


async def read(reader: Any, paths: list[str]) -> AsyncIterator[tuple[str, str]]:
    """What a reader gets, by path; nothing of what is not for it."""
    for path in paths:
        answer = await reader.get(path, params=EVERY if path.count("/") == 1 else None)
        assert answer.status_code in (200, 403, 404), f"{path}: {answer.text}"
        printed = answer.headers["content-type"] == "application/pdf"
        yield (
            path,
            " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
            if printed
            else answer.text,
        )
