"""What a partner's database login can do by itself: no more than the API lets its system do."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

DAY = "2026-03-01T08:00:00Z"
BEGINNINGS = {
    "for another's feed": {"feed_id": "another's"},
    "under another feed's name": {"feed": "another's"},
    "for another's eyes": {"parties": [uuid4()]},
    "of the past": {"backfill": True},
    "done with": {"state": "translated"},
    "dismissed": {"state": "dismissed", "dismissal_reason": "r"},
    "tried often": {"attempt": 5},
    "in another's name": {"sent_by": "somebody else"},
}


@pytest.mark.parametrize("other", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_message_is_for_a_feed_of_its_sender_and_as_it_came(
    business: Any, database: asyncpg.Pool, partners_login: Any, other: dict[str, Any]
) -> None:
    codes = [business.lims_feed, business.mes_feed]
    feeds = {code: await database.fetchval("SELECT id FROM feed WHERE code = $1", code) for code in codes}
    sender, foreign = business.laboratory, {"feed_id": feeds[business.mes_feed], "feed": business.mes_feed}
    sent = {"id": uuid4(), "version": 1, "created_at": DAY, "updated_at": DAY, "received_at": DAY}
    sent |= {"feed_id": feeds[business.lims_feed], "feed": business.lims_feed, "partner_id": sender}
    sent |= {"content_type": "text/csv", "size": 1, "sha256": "x", "backfill": False, "attempt": 1}
    sent |= {"state": "received", "parties": [sender], "sent_by": "me"}
    changed = {name: foreign.get(name, value) for name, value in other.items()}
    async with partners_login("partner_feeds", sender) as partner:
        assert await partner.insert("message", sent | changed) == "refused"
        assert await partner.insert("message", sent | foreign) == "refused"
        assert await partner.insert("message", sent) == "INSERT 0 1"
        for change in ("state = 'translated'", "state = 'dismissed'", "attempt = 2"):
            assert await partner.run(f"UPDATE message SET {change} WHERE id = $1", sent["id"]) == "refused"


async def test_nothing_is_added_to_what_was_received(business: Any, partners_login: Any) -> None:
    received = await business.send(business.file(business.batch()))
    add = "INSERT INTO message_chunk (message_id, number, bytes) VALUES ($1, 7, 'more')"
    async with partners_login("partner_feeds", business.laboratory) as partner:
        assert await partner.run(add, received["message_id"]) == "refused"
