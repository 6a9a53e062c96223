"""A certificate for a market says how the lot stands to that market's own limits, where it has such."""

from typing import Any

from .certifying import LIMIT, PATH, Certifying, certifying

__all__ = ["certifying"]


async def test_limits_for_every_market_make_no_certificate_for_one_that_has_its_own(
    certifying: Certifying, specify: Any
) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    stricter = LIMIT | {"lower": "98", "method": certifying.method["code"]}
    own = await specify(certifying.known.code, stricter, market="AT")
    refused = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["fields"]) == (409, ["specification_id"])
    assert "AT has limits of its own by now: draft it anew" in refused.json()["detail"]
    await certifying.tracking.second.done(f"{PATH}/{draft['id']}/withdrawal", {"reason": "AT has its own"})
    by_the_general = await certifying.tracking.client.post(PATH, json=certifying.asked)
    assert (by_the_general.status_code, own["id"] in by_the_general.json()["detail"]) == (409, True)
    elsewhere = await certifying.tracking.client.done(PATH, certifying.asked | {"market": "DE"})
    assert elsewhere["revision"] == draft["revision"]
