"""What a laboratory's database login can do to test orders and read of entitlements by itself."""

import json
from typing import Any
from uuid import UUID

from tests.entitling import entitled, registered

from .test_orders import NOT_YET, PATH, ordering

__all__ = ["ordering"]

SAID = {"test": "assay", "stage": "release", "reason": "the titrator is away", "reported_by": "me"} | {
    "reported_at": "2026-03-01T08:00:00+00:00"
}
UNDECIDED = {"accepted": None, "decision_reason": None, "decided_by": None, "decided_at": None}
DECIDED = {"accepted": True, "decision_reason": "ok", "decided_by": "lea", "decided_at": SAID["reported_at"]}
NEVER = {
    "accepted by itself": [SAID | DECIDED],
    "decided by nobody": [SAID | UNDECIDED | {"accepted": True}],
    "in the sponsor's name": [SAID | UNDECIDED | {"decided_by": "lea"}],
    "said by another": [SAID | UNDECIDED | {"reported_by": "bor"}],
    "left open": [SAID],
    "no list": SAID | UNDECIDED,
}


async def test_a_laboratory_answers_an_order_and_takes_no_part_of_the_sponsor_s(
    known: Any, ordering: Any, partners_login: Any
) -> None:
    draft = await ordering.draft(known.lot(), "assay")
    await ordering.sponsor.done(f"{PATH}/{draft['id']}/issue", NOT_YET)
    id = UUID(draft["id"])
    accept = """
        UPDATE test_order SET state = 'accepted', version = version + 1, updated_at = now(), answered_by = 'me',
            answered_at = now(), due_at = now() + make_interval(days => $2) WHERE id = $1
    """
    say = "UPDATE test_order SET version = version + 1, updated_at = now(), not_tested = $2 WHERE id = $1"
    async with partners_login("sample_tracking", known.laboratory) as partner:
        for days in (25_000, 46, None):
            assert await partner.run(accept, id, days) == "refused", days
        assert await partner.run(accept, id, 7) == "UPDATE 1"
        for how, rows in NEVER.items():
            assert await partner.run(say, id, json.dumps(rows)) == "refused", how
        first, second = SAID | UNDECIDED, SAID | UNDECIDED | {"reason": "and the column is worn"}
        assert await partner.run(say, id, json.dumps([first])) == "UPDATE 1"
        for how, rows in {"taken back": [], "said otherwise": [second], "decided": [SAID | DECIDED, second]}.items():
            assert await partner.run(say, id, json.dumps(rows)) == "refused", how
        assert await partner.run(say, id, json.dumps([first, second])) == "UPDATE 1"


async def test_a_partner_reads_the_standings_of_its_own_laboratories_alone(
    tracking: Any, known: Any, partners_login: Any
) -> None:
    code = f"M-{known.code}"
    await entitled(tracking.client, await registered(tracking.client, code), known.laboratory_site)
    for who, standing in ((known.laboratory, "validated"), (known.maker, None)):
        async with partners_login("sample_tracking", who) as partner:
            read = "SELECT code, standing FROM known_entitlements($1, $2)"
            (row,) = await partner.connection.fetch(read, [code], [known.laboratory_site])
            assert (row["code"], row["standing"]) == (code, standing)
