"""The package over HTTP: documents provided, returned, accepted, revised; counted, and closed with the transfer."""

from typing import Any
from uuid import UUID, uuid4

from contracts.transfer_packages import PackageItemAccepted, PackageItemProvided, PackageItemReturned, PackageItemWaived
from services.tech_transfer.tests.passing import document, passed, standing

WHY = {"reason": "agreed with both units"}


def _listed(transfer: Any, **more: Any) -> dict[str, Any]:
    return {"transfer_id": transfer["id"], "category": "batch_record", "title": "Master batch record"} | more


async def _package_gate(client: Any, transfer: Any) -> list[tuple[str, str]]:
    """What the gate asks of the package and is not so, each with who owes it."""
    gates = (await client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    return [(each["why"], each["unit"]) for each in gates[2]["unmet"] if each["rule"] == "package"]


async def test_a_returned_item_is_missing_until_it_is_accepted(
    service: Any, known: Any, started: Any, bus: Any
) -> None:
    transfer = await started()
    assert await _package_gate(service.client, transfer) == [("nobody has said which items are mandatory", "sponsor")]
    item = await service.client.done("/package-items", _listed(transfer))
    path, number = f"/package-items/{item['id']}", item["item_number"]
    assert (item["state"], item["waiting_for"]["partner_id"]) == ("pending", str(known.sender))
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        assert (await receiver.post(f"{path}/provision", json=document("1.0"))).status_code == 403
        assert (await sender.post(f"{path}/acceptance")).status_code == 403
        provided = await sender.done(f"{path}/provision", document("1.0"))
        assert (provided["round"], provided["waiting_for"]["partner_id"]) == (1, str(known.maker))
        returned = await receiver.done(f"{path}/return", {"reason_code": "incomplete", "remark": "No hold times"})
        assert (returned["state"], returned["waiting_for"]["partner_id"]) == ("returned", str(known.sender))
        why = f"{number} (batch record): it was returned, and not provided again"
        assert await _package_gate(receiver, transfer) == [(why, "sending")]
        same = await sender.post(f"{path}/provision", json=document("1.0"))
        assert (same.status_code, same.json()["fields"]) == (409, ["document_version"])
        await sender.done(f"{path}/provision", document("1.1"))
        accepted = await receiver.done(f"{path}/acceptance")
        assert (accepted["accepted_version"], accepted["outdated"]) == ("1.1", False)
        assert await _package_gate(sender, transfer) == []
        revised = await sender.done(f"{path}/provision", document("2.0"))
        assert (revised["state"], revised["accepted_version"], revised["outdated"]) == ("provided", "1.1", True)
        shown = (await receiver.get(path)).json()
        assert [(each["round"], each["move"], each["document_version"]) for each in shown["rounds"]] == [
            (1, "provided", "1.0"),
            (1, "returned", "1.0"),
            (2, "provided", "1.1"),
            (2, "accepted", "1.1"),
            (3, "provided", "2.0"),
        ]
        assert (shown["rounds"][1]["reason_code"], shown["rounds"][1]["remark"]) == ("incomplete", "No hold times")
        missing = (await receiver.get(f"/transfers/{transfer['id']}/package")).json()["missing_items"]
        assert [(each["item_number"], each["waiting_for"]["partner_id"]) for each in missing] == [
            (number, str(known.maker))
        ]
    id = UUID(item["id"])
    *_, last = await bus.told(PackageItemProvided, 3, item_id=id)
    assert (last.round, last.accepted_version, last.number) == (3, "1.1", transfer["number"])
    assert last.accepted_at is not None
    (back,) = await bus.told(PackageItemReturned, item_id=id)
    assert (back.reason, back.round) == ("incomplete", 1)
    await bus.told(PackageItemAccepted, item_id=id)


async def test_a_package_is_counted_by_category(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started(kind="analytical")
    listed = await service.client.done("/package-items/standard", {"transfer_id": transfer["id"]})
    assert [each["category"] for each in listed["items"]][:3] == ["quality_attributes", "methods", "validation_reports"]
    again = await service.client.done("/package-items/standard", {"transfer_id": transfer["id"]})
    assert (len(listed["items"]), again["items"]) == (7, [])
    optional = _listed(transfer, mandatory=False)
    await service.client.done("/package-items", optional)
    first, second = (f"/package-items/{each['id']}" for each in listed["items"][:2])
    waived = await service.second.done(f"{first}/waiver", {"justification": "the same product in another strength"})
    assert waived["state"] == "waived"
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        await sender.done(f"{second}/provision", document("1"))
        await receiver.done(f"{second}/acceptance")
        package = (await receiver.get(f"/transfers/{transfer['id']}/package")).json()
    assert package["whole"] == {
        **{"mandatory": 7, "waived": 1, "accepted": 1, "missing": 5},
        "completeness": "0.1666",  # one of six; never more than there is
    }
    of_methods = {"category": "methods", "mandatory": 1, "waived": 0, "accepted": 1, "missing": 0}
    assert of_methods | {"completeness": "1.0000"} in package["categories"]
    assert (len(package["categories"]), len(package["missing_items"])) == (7, 5)
    (fact,) = await bus.told(PackageItemWaived, item_id=UUID(waived["id"]))
    assert fact.reason == "the same product in another strength"


async def test_a_sponsors_own_unit_provides_by_its_msat(service: Any, known: Any, started: Any) -> None:
    transfer = await started(sending_site_id=None)
    item = await service.client.done("/package-items", _listed(transfer))
    path = f"/package-items/{item['id']}"
    assert item["waiting_for"]["side"] == "sponsor"
    provided = await service.client.done(f"{path}/own-unit-provision", document("1"))
    assert provided["waiting_for"]["partner_id"] == str(known.maker)
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        assert (await receiver.done(f"{path}/acceptance"))["state"] == "accepted"


async def test_a_draft_of_the_sponsors_is_nobody_elses(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    draft = _listed(transfer, confidentiality="sponsor_only", title="Cost of goods")
    refused = await service.client.post("/package-items", json=draft)
    assert refused.status_code == 422
    item = await service.client.done("/package-items", draft | {"mandatory": False})
    path = f"/package-items/{item['id']}"
    planned = await service.client.post(f"{path}/plan", json={"owner": "Ana", "due_on": "2036-02-28"})
    assert planned.status_code == 409, "both units read its past, once it is addressed to them"
    for partner in (known.sender, known.maker):
        async with service.as_("partner_quality", partner_id=partner) as party:
            for route in (path, f"{path}/history"):
                assert (await party.get(route)).status_code == 404
            listed = await party.get("/package-items", params={"transfer_id": transfer["id"], "count": True})
            assert (listed.json()["items"], listed.json()["total"]) == ([], 0)
            hidden = await party.post("/package-items", json=draft | {"mandatory": False})
            assert hidden.status_code in (403, 409)
    addressed = await service.client.done(f"{path}/addressing", {"mandatory": True})
    assert addressed["waiting_for"]["partner_id"] == str(known.sender)
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        assert (await receiver.get(path)).json()["title"] == "Cost of goods"


async def test_the_sending_unit_lists_what_it_has_and_no_other_does(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
        service.as_("partner_quality", partner_id=uuid4()) as rival,
    ):
        item = await sender.done("/package-items", _listed(transfer, category="lessons"))
        assert (await receiver.post("/package-items", json=_listed(transfer))).status_code == 403
        assert (await rival.post("/package-items", json=_listed(transfer))).status_code == 404
        path = f"/package-items/{item['id']}"
        for route in (path, f"{path}/history", f"/transfers/{transfer['id']}/package"):
            assert (await rival.get(route)).status_code == 404
        assert (await rival.post(f"{path}/provision", json=document("1"))).status_code == 404


async def test_the_package_of_a_cancelled_transfer_is_closed_to_the_receiver(
    service: Any, known: Any, started: Any
) -> None:
    transfer = await started()
    item = await service.client.done("/package-items", _listed(transfer))
    path, of_transfer = f"/package-items/{item['id']}", f"/transfers/{transfer['id']}"
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        await sender.done(f"{path}/provision", document("1.0"))
        assert (await receiver.get(path)).status_code == 200
        await service.client.done(f"{of_transfer}/cancellation-request", WHY)
        await service.second.done(f"{of_transfer}/cancellation", WHY)
        for route in (path, f"{path}/history"):
            assert (await receiver.get(route)).status_code == 404
        assert (await receiver.post(f"{path}/acceptance")).status_code == 404
        listed = await receiver.get("/package-items", params={"transfer_id": transfer["id"], "count": True})
        assert (listed.json()["items"], listed.json()["total"]) == ([], 0)
        package = (await receiver.get(f"{of_transfer}/package")).json()
        assert (package["whole"]["mandatory"], package["categories"], package["missing_items"]) == (0, [], [])
        assert item["item_number"] not in (await receiver.get(f"{of_transfer}/gates")).text
        assert (await sender.get(path)).json()["state"] == "closed"
        assert (await sender.post(f"{path}/provision", json=document("1.1"))).status_code == 409
    refused = await service.client.post("/package-items", json=_listed(transfer))
    assert (refused.status_code, "cancelled" in refused.json()["detail"]) == (409, True)


async def test_a_gate_that_was_passed_with_an_item_is_marked_while_a_newer_version_is_not_accepted(
    service: Any, known: Any, started: Any
) -> None:
    transfer = await started()
    for gate in ("initiation", "planning", "knowledge_transfer"):
        await passed(service, transfer, gate)
    (item,) = (await service.client.get("/package-items", params={"transfer_id": transfer["id"]})).json()["items"]
    path, marks = f"/package-items/{item['id']}", {"transfer_id": transfer["id"], "cause": "no_longer_true"}
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        await sender.done(f"{path}/provision", document("2.0"))
        assert await standing(service, transfer, "knowledge_transfer") == "no_longer_true"
        await receiver.done(f"{path}/return", {"reason_code": "language", "remark": "It is in Polish"})
        (action,) = (await receiver.get("/transfer-actions", params=marks)).json()["items"]
        assert (action["rule"], action["state"], action["unit"]) == ("package", "open", "receiving")
        await sender.done(f"{path}/provision", document("2.1"))
        await receiver.done(f"{path}/acceptance")
        (action,) = (await receiver.get("/transfer-actions", params=marks)).json()["items"]
    assert (action["state"], await standing(service, transfer, "knowledge_transfer")) == ("settled", "passed")
    gap = {"transfer_id": transfer["id"], "category": "people", "what": "Night shift", "severity": "critical"}
    await service.client.done("/gaps", gap | {"sending": {"words": "two"}, "receiving": {"words": "none"}})
    assert await standing(service, transfer, "knowledge_transfer") == "no_longer_true"
    assert (await service.client.get(f"/transfers/{transfer['id']}")).json()["state"] == "process_development"


async def test_what_is_said_to_be_done_hides_nothing_that_is_lost_later(service: Any, known: Any, started: Any) -> None:
    transfer = await started(sending_site_id=None)
    for gate in ("initiation", "planning"):
        await passed(service, transfer, gate)
    paths = []
    for title in ("Master batch record", "Cleaning record"):
        item = await service.client.done("/package-items", _listed(transfer) | {"title": title})
        paths.append(f"/package-items/{item['id']}")
    twin = await service.client.post("/package-items", json=_listed(transfer) | {"title": "master batch RECORD"})
    assert (twin.status_code, twin.json()["fields"]) == (409, ["title"])
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        for path in paths:
            await service.client.done(f"{path}/own-unit-provision", document("1.0"))
            await receiver.done(f"{path}/acceptance")
    await passed(service, transfer, "knowledge_transfer")
    marks = {"transfer_id": transfer["id"], "cause": "no_longer_true", "state": "open"}
    opened = []
    for path in paths:
        await service.client.done(f"{path}/own-unit-provision", document("2.0"))
        (action,) = (await service.client.get("/transfer-actions", params=marks)).json()["items"]
        opened.append(action["text"])
        done = {"outcome": "it was read", "evidence": "0" * 64}
        await service.client.done(f"/transfer-actions/{action['id']}/completion", done)
        assert (await service.client.get("/transfer-actions", params=marks)).json()["items"] == []
    assert len({*opened}) == 2
    assert await standing(service, transfer, "knowledge_transfer") == "no_longer_true"
