"""Reads of agreements."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracting.agreement_versions import queries as versions
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreements import timeline
from contracting.agreements.clock import decide_by
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import (
    IN_FORCE,
    OPEN,
    AgreementDetail,
    AgreementRead,
    AgreementUnder,
    VersionOfAgreement,
)
from contracting.settings import today
from contracts import Day
from directory.names import names_of
from runtime.work import Work
from serving.listing import Filter, days, equal, whether
from serving.shown import Ref, waiting_for

_PARTNER = {"partner": "partner_id"}
_IN_FORCE = col(Agreement.state).in_(IN_FORCE)


def _said(column: Any) -> Any:
    """A filter by what the version says that is in force, or of one that is prepared any that was proposed."""

    def condition(_: Work, ids: Sequence[UUID]) -> Any:
        covers = column.overlap(ids) | (column == [])
        of_it = col(AgreementVersion.agreement_id) == col(Agreement.id)
        current = col(AgreementVersion.id) == col(Agreement.current_version_id)
        said = select(AgreementVersion.id).where(of_it, current | col(Agreement.current_version_id).is_(None), covers)
        return said.correlate(Agreement).exists()

    return condition


def _review_overdue(work: Work) -> Any:
    return _IN_FORCE & (col(Agreement.review_due_on) < today(work.now)).is_(True)


FILTERS = (
    equal(Agreement, "number", "kind", "state", "partner_id", "parent_id", "renewal")
    | {
        "site_id": Filter(UUID, _said(col(AgreementVersion.site_ids)), "covers this site, or all"),
        "product_id": Filter(UUID, _said(col(AgreementVersion.product_ids)), "covers this product, or all"),
        "expiring_before": Filter(
            Day,
            lambda _, day: _IN_FORCE & (decide_by() < day).is_(True),
            "its last day, or the last one for a notice where it goes on by itself, lies before this one",
            many=False,
        ),
        "open": whether(lambda _: col(Agreement.state).in_(OPEN), "it is prepared or in force"),
        "review_overdue": whether(_review_overdue, "its review by both quality units is beyond its day"),
    }
    | days(Agreement.current_from, "the version in force began", "effective_")
)


async def show(work: Work, agreements: Sequence[Agreement]) -> list[AgreementRead]:
    """The agreements with names and days."""
    known = await names_of(work, agreements, _PARTNER)
    parents = await _numbers(work, {each.parent_id for each in agreements if each.parent_id})
    return [
        AgreementRead.model_validate(_shown(work, each, parents) | known.of(each, None, _PARTNER))
        for each in agreements
    ]


async def detail(work: Work, agreement: Agreement) -> AgreementDetail:
    """An agreement with its versions, what is missing of each, and what is made under it."""
    (shown,) = await show(work, [agreement])
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    records = list(await work.session.scalars(query.order_by(col(AgreementVersion.version_number))))
    parts = [
        VersionOfAgreement.model_validate(
            {name: getattr(one, name) for name in VersionOfAgreement.model_fields if hasattr(one, name)}
            | {"waiting_for": waiting_for(record)}
        )
        for record, one in zip(records, await versions.show(work, records), strict=True)
    ]
    last = next((each for each in records if each.id == agreement.current_version_id), None)
    under = await work.session.scalars(select(Agreement).where(Agreement.parent_id == agreement.id))
    more: dict[str, Any] = {"versions": parts, "surviving": last.exit_terms["surviving"] if last else []}
    more["under"] = [
        AgreementUnder.model_validate({name: getattr(each, name) for name in AgreementUnder.model_fields})
        for each in sorted(under, key=lambda each: each.id)
    ]
    return AgreementDetail.model_validate(dict(shown) | more)


def _shown(work: Work, agreement: Agreement, parents: dict[UUID, Ref]) -> dict[str, Any]:
    in_force, due = agreement.state in IN_FORCE, agreement.review_due_on
    return dict(agreement) | {
        "parent": parents.get(agreement.parent_id) if agreement.parent_id else None,
        "decide_by": timeline.decide_by(agreement) if in_force and agreement.expires_on else None,
        "review_overdue": in_force and due is not None and due < today(work.now),
    }


async def _numbers(work: Work, ids: set[UUID]) -> dict[UUID, Ref]:
    query = select(col(Agreement.id), col(Agreement.number), col(Agreement.title)).where(col(Agreement.id).in_(ids))
    rows = (await work.session.execute(query)).all() if ids else ()
    return {id: Ref(id=id, number=number, name=title) for id, number, title in rows}
