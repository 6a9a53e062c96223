"""Methods and entitlements, for tests whose results are to be reportable."""

from typing import Any
from uuid import UUID

PROOF = {"proof": "TT-2018-001", "proof_digest": "0c" * 32}


async def registered(client: Any, code: str, version: str = "1.0", **more: Any) -> dict[str, Any]:
    """A version of a method is known."""
    major, minor = map(int, version.split("."))
    body = {"code": code, "major": major, "minor": minor, "title": f"Test by {code}", "effective_from": "2018-01-01"}
    found: dict[str, Any] = await client.done(
        "/methods", body | {"report": f"VAL-{code}", "report_digest": "0b" * 32} | more
    )
    return found


async def entitled(
    client: Any, method: dict[str, Any], laboratory: UUID | str, standing: str = "validated", since: str = "2018-01-01"
) -> dict[str, Any]:
    """How a laboratory stands to a method from a day on."""
    about = {"method_id": method["id"], "laboratory_site_id": str(laboratory), "reason": "as agreed"}
    found: dict[str, Any] = await client.done(
        "/entitlements", about | PROOF | {"standing": standing, "valid_from": since}
    )
    return found
