"""What products cost: read by those who trade, named by a version, and never changed."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.contracting.tests.agreeing import REASON, from_noon, in_days, submitted

TIERS = [
    {"from_quantity": "0", "to_quantity": "5000000", "price": "41.2500"},
    {"from_quantity": "5000000", "price": "36.9000"},
]


def prices(world: Any, **more: Any) -> dict[str, Any]:
    """What the maker's product costs."""
    line = {"product_id": str(world.product), "basis": "thousand", "currency": "EUR", "mode": "all_units"}
    return {"partner_id": str(world.maker), "title": "Tablets", "lines": [line | {"tiers": TIERS} | more]}


@from_noon
async def test_a_list_is_its_sides_until_a_version_that_names_it_is_put_before_the_other(
    agreeing: Any, service: Any, known: Any, database: Any
) -> None:
    async with (
        service.as_("sourcing") as buyer,
        service.as_("partner_commercial", partner_id=known.maker) as seller,
        service.as_("partner_quality", partner_id=known.maker) as their_quality,
        service.as_("partner_commercial", partner_id=known.laboratory) as rival,
        service.as_("quality") as quality,
    ):
        made = await buyer.done("/price-lists", prices(known))
        path = f"/price-lists/{made['id']}"
        assert made["number"].startswith("PRL-")
        assert [each["order_up_to"] for each in made["lines"][0]["cliffs"]] == ["5000000"]
        assert (await seller.get(path)).status_code == 404
        assert (await seller.get("/price-lists", params={"count": "true"})).json()["total"] == 0

        draft = await buyer.post("/agreement-drafts", json=agreeing.body("supply", price_list_id=made["id"]))
        assert draft.status_code == 201, draft.text
        version = await submitted(buyer, draft.json())
        assert version["price_list_id"] == made["id"]
        read = (await seller.get(path)).json()
        assert (read["state"], read["lines"][0]["tiers"][1]["price"]) == ("disclosed", "36.9000")
        for who, status in ((rival, 404), (quality, 403), (their_quality, 403)):
            assert (await who.get(path)).status_code == status
            assert (await who.get(f"{path}/history")).status_code == status
        assert (await buyer.post(f"{path}/withdrawal", json=REASON)).status_code == 409

        asked = {"product_id": str(known.product), "quantity": "4800", "unit": "10*3"}
        cost = (await seller.get(f"{path}/cost", params=asked)).json()
        assert (cost["amount"], cost["currency"], cost["cheaper_at"]) == ("198000.00", "EUR", "5000000")
        wrong = await seller.get(f"{path}/cost", params=asked | {"unit": "kg"})
        assert (wrong.status_code, "thousand: write 1" in wrong.json()["detail"]) == (422, True)
        other = await seller.get(f"{path}/cost", params=asked | {"product_id": str(UUID(int=1))})
        assert other.status_code == 404
    for change in ("lines = '[]'", "title = 'y'", "partner_id = gen_random_uuid()"):
        with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
            await database.execute(f"UPDATE price_list SET {change} WHERE id = $1", UUID(made["id"]))


@from_noon
async def test_a_partners_list_is_named_by_its_own_draft_and_by_no_other_kind_of_agreement(
    agreeing: Any, service: Any, known: Any
) -> None:
    async with (
        service.as_("partner_commercial", partner_id=known.maker) as seller,
        service.as_("sourcing") as buyer,
        service.as_("quality") as quality,
    ):
        first = await agreeing.in_force("msa")
        made = await seller.done("/price-lists", prices(known))
        content = agreeing.body("msa", effective_from=in_days(9), price_list_id=made["id"])["content"]
        amendment = {"agreement_id": first["id"], "parent_version": 1, "content": content}
        version = await submitted(seller, await seller.done("/agreement-drafts", amendment))
        assert (version["price_list_id"], (await buyer.get(f"/price-lists/{made['id']}")).json()["state"]) == (
            made["id"],
            "disclosed",
        )
        unused = await seller.done("/price-lists", prices(known))
        assert (await buyer.post(f"/price-lists/{unused['id']}/withdrawal", json=REASON)).status_code == 409
        assert (await seller.done(f"/price-lists/{unused['id']}/withdrawal", REASON))["state"] == "withdrawn"
        for body, who in (
            (agreeing.body("supply", price_list_id=unused["id"]), buyer),
            (agreeing.body("quality", price_list_id=made["id"]), quality),
        ):
            refused = await who.post("/agreement-drafts", json=body)
            assert (refused.status_code, refused.json()["fields"]) == (409, ["price_list_id"]), refused.text
        gap = prices(known, tiers=[TIERS[0], {"from_quantity": "6000000", "price": "1"}])
        assert "the next begins at 6000000" in (await buyer.post("/price-lists", json=gap)).text
