"""What of a message contradicts what its feed reported before: told by row, and kept until somebody settles it."""

from uuid import UUID

from contracts import Lot
from contracts.partner_feeds import Reported
from partner_feeds.contradictions import commands as contradictions
from partner_feeds.contradictions.model import Contradiction
from partner_feeds.records.answers import RowError
from partner_feeds.reporting import known
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.revisions import Novelty
from partner_feeds.reporting.rows import Row
from partner_feeds.reporting.sets import Result
from runtime.work import Work

_CONTRADICTS = (
    "a {} of this id was reported before under revision {} with other content, which stays: correct it by a higher "
    "revision, or give this one an id of its own"
)


async def look(work: Work, scope: Scope, rows: list[Row], *, keep: bool) -> None:
    """Note what is known with other content, unless quality has settled it."""
    found = [
        (row, sent, fact)
        for row in rows
        for sent, fact, novelty in zip(row.sent, row.facts, row.novelties, strict=True)
        if novelty is Novelty.contradicting
    ]
    keys = [(sent.fact, sent.id, sent.revision, sent.digest) for _, sent, _ in found]
    settled = await contradictions.settled(work, scope.feed.id, keys)
    open_ = [each for each, key in zip(found, keys, strict=True) if key not in settled]
    for row, sent, _ in open_:
        row.conflicts.append(RowError.of(row.number, "", sent.id, _CONTRADICTS.format(sent.fact, sent.revision)))
    if keep:
        first = await known.places(work.connection, scope.feed.id, [sent for _, sent, _ in open_])
        await contradictions.note(
            work, [_contradiction(scope, row, sent, fact, first.get(sent, (None, None))) for row, sent, fact in open_]
        )


def _contradiction(
    scope: Scope, row: Row, sent: known.Sent, fact: Reported | Result, first: tuple[UUID | None, int | None]
) -> Contradiction:
    feed, content = scope.feed, fact.model_dump(mode="json") if isinstance(fact, Reported) else fact.content
    lot: Lot | None = getattr(fact, "lot", None)
    return Contradiction(
        feed_id=feed.id,
        feed=feed.code,
        partner_id=feed.partner_id,
        maker_id=lot.partner_id if lot else feed.manufacturing_partner_id,
        site_id=lot.site_id if lot else feed.manufacturing_site_id,
        product_id=lot.product_id if lot else None,
        message_id=scope.message_id,
        row=row.number,
        first_message_id=first[0],
        first_row=first[1],
        record=sent.fact,
        record_id=sent.id,
        revision=sent.revision,
        digest=sent.digest,
        content=content,
        parties=[feed.partner_id],
    )
