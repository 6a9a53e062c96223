"""The catalogue of clauses over HTTP."""

from typing import Any
from uuid import UUID

from contracting.clauses.catalogue import defaults, version


async def test_whoever_drafts_reads_it(service: Any) -> None:
    async with service.as_("partner_commercial", partner_id=UUID(int=1)) as partner:
        read = (await partner.get("/clause-catalogue")).json()
    assert read["version"] == version()
    assert [each["code"] for each in read["clauses"] if not each["executed"]] == [
        each.code for each in defaults() if each.waits_for
    ]
