"""For which scopes qualifications are open side by side, and by which one is prolonged."""

from typing import Any
from uuid import uuid4

WORK = {"activity": "drug_product", "dosage_form": "tablet", "purpose": "commercial"}


async def test_a_scope_is_open_for_the_products_that_it_names(registry: Any, qualify: Any, site: Any) -> None:
    one, other = ([str(uuid4())] for _ in range(2))
    body = {"site_id": site["id"]} | WORK
    for products, status in ((one, 201), (one, 409), ([*other, *one], 409), ([], 409), (other, 201)):
        made = await registry.client.post("/qualifications", json=body | {"product_ids": products})
        assert made.status_code == status, (products, made.text)
    await qualify.certified(site)
    path = f"/qualifications/{(await qualify.approved(site, form=None))['id']}"
    again = f"/qualifications/{(await registry.client.done('/qualifications', body | {'dosage_form': 'gel'}))['id']}"
    anew = registry.as_("quality", subject="starter")
    for products, status in ((one, 409), ([], 200)):
        work = {"site_id": site["id"], "activity": "drug_product", "purpose": "commercial", "product_ids": products}
        planned = (await registry.client.done("/qualifications", work))["id"]
        await anew.done(f"/qualifications/{planned}/assessment")
        refused = await registry.second.post(f"{path}/prolongation", json={"reason": "x"})
        assert refused.status_code == status, refused.text
        await registry.client.done(f"/qualifications/{planned}/rejection", {"reason": "x"})
    await registry.client.done(f"{path}/suspension", {"reason": "x"})
    rival = (await registry.client.done("/qualifications", work | {"product_ids": one}))["number"]
    refused = await anew.post(f"{path}/assessment")
    assert (refused.status_code, rival in refused.text) == (409, True)
    await anew.done(f"{again}/assessment")
