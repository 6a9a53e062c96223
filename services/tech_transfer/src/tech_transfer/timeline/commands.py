"""Keeping what blocks gates, as it was seen, and where sites are."""

import json
from collections.abc import Sequence
from typing import Any, Final

from contracts import Recorded
from contracts.partner_registry import SiteRegistered
from runtime import bulk
from runtime.work import Work
from tech_transfer.gates.dossier import Dossier
from tech_transfer.timeline.blocking import blocking
from tech_transfer.timeline.model import SiteCalendar

_NOTE: Final = "SELECT note_blocking($1, $2, $3::text::jsonb, $4)"


async def note(work: Work, dossier: Dossier) -> None:
    """Note what blocks the next gate now, and of what did so until now that it does no more.

    The database lets nobody write these rows in another way. Of a partner it believes nothing: it keeps that something
    changed, and the worker notes what blocks since then.
    """
    transfer = dossier.transfer
    rows = [each.as_noted for each in blocking(dossier)]
    await work.connection.execute(_NOTE, transfer.id, transfer.gate.value, json.dumps(rows), work.now)


async def keep_countries(work: Work, facts: Sequence[Recorded[SiteRegistered]]) -> None:
    """Keep in which country sites are."""
    newest = {each.fact.site_id: each.fact for each in facts}
    rows: list[dict[str, Any]] = [
        {"id": id, "partner_id": fact.partner_id, "country": fact.country} for id, fact in newest.items()
    ]
    newer = "ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, country = excluded.country"
    await bulk.insert(work, SiteCalendar, rows, newer)
