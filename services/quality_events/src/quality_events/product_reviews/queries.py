"""Reads of product quality reviews, and the questions that are asked for them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import col, select

from directory.names import names
from quality_events.product_reviews import rules
from quality_events.product_reviews.model import ProductReview, ProductReviewEntry, SponsorsReviewEntry
from quality_events.product_reviews.questions import FRAME
from quality_events.product_reviews.schemas import (
    EntryFields,
    ProductReviewAnswer,
    ProductReviewDetail,
    ProductReviewPart,
    ProductReviewRead,
    ProductReviewSection,
    ProductReviewVerification,
    VerifiedAnswer,
)
from quality_events.product_reviews.sections import QUESTIONS, SECTIONS
from quality_events.product_reviews.terms import ReviewState, Section, SectionName
from runtime.work import Work
from serving.canonical import sha256
from serving.listing import Filter, days, equal, whether

E = TypeVar("E", ProductReviewEntry, SponsorsReviewEntry)
_SITES: Any = ProductReview.site_ids
_OPEN: Final = ~col(ProductReview.state).in_({ReviewState.signed, ReviewState.cancelled})
FILTERS = (
    equal(ProductReview, *("number", "state", "partner_id", "product_id"))
    | {
        "site_id": Filter(UUID, lambda _, ids: _SITES.overlap([*ids]), "a site that it is about"),
        "overdue": whether(ProductReview.overdue, "it is not signed by both, and its time has passed"),
        "open": whether(lambda _: _OPEN, "it is neither signed by both nor cancelled"),
    }
    | days(ProductReview.period_to, "whose period ended")
)


async def show(work: Work, reviews: Sequence[ProductReview]) -> list[ProductReviewRead]:
    """The reviews with names and clocks."""
    ids = {id for one in reviews for id in (one.partner_id, one.product_id, *one.site_ids)}
    known = await names(work, ids, of_products=work.principal.partner_id is None)
    return [
        ProductReviewRead.model_validate(
            dict(one)
            | known.of(one, one.material, {"partner": "partner_id", "product": "product_id"})
            | {"sites": [known.ref(id) for id in one.site_ids]}
            | {"overdue": one.is_overdue(work.now), "in_time": one.was_in_time(work.now)}
        )
        for one in reviews
    ]


async def detail(work: Work, review: ProductReview) -> ProductReviewDetail:
    """A review with its sections; of those that are the sponsor's alone a partner learns that there are."""
    (shown,) = await show(work, [review])
    shared, own = await entries_of(work, review)
    partner = work.principal.partner_id is not None
    sections = [_section(each, (*shared, *own), withheld=partner and each.ours) for each in SECTIONS]
    return ProductReviewDetail.model_validate(dict(shown) | {"sections": sections})


async def entries_of(
    work: Work, review: ProductReview
) -> tuple[Sequence[ProductReviewEntry], Sequence[SponsorsReviewEntry]]:
    """What counts of a review, in the order in which it was entered: each part, and of each question the last answer.

    A partner has none of the sponsor's.
    """
    shared = await _entries(work, ProductReviewEntry, review)
    own = [] if work.principal.partner_id else await _entries(work, SponsorsReviewEntry, review)
    return shared, own


async def _entries(work: Work, model: type[E], review: ProductReview) -> list[E]:
    query = select(model).where(model.product_review_id == review.id).order_by(col(model.id))
    found = (await work.session.scalars(query)).all()
    last: dict[str, int] = {}
    for each in found:
        if each.question and each.round:
            last[each.question] = max(each.round, last.get(each.question, 0))
    return [each for each in found if not each.question or each.round == last[each.question]]


def digests(entries: Iterable[EntryFields]) -> dict[str, str]:
    """The digest of each answer that is kept, by its question."""
    return {each.question: each.digest for each in entries if each.question}


def parameters(review: ProductReview) -> dict[str, Any]:
    """Of what a review asks."""
    return {
        "partner_id": str(review.partner_id),
        "site_ids": [str(id) for id in review.site_ids],
        "product_id": str(review.product_id),
        "period_from": str(review.period_from),
        "period_to": str(review.period_to),
        "time_zone": review.time_zone,
    }


def section_of(question: str) -> SectionName:
    """To which section a question belongs."""
    return QUESTIONS[question][0].name


async def answers(work: Work, review: ProductReview) -> dict[str, str]:
    """What the records say now to each question, as canonical JSON. For the sponsor's people, who read all of it."""
    of, period = (review.partner_id, review.site_ids, review.product_id), (review.period_from, review.period_to)
    found = {}
    for name, (_, question) in QUESTIONS.items():
        rows = await work.connection.fetchval(f"{FRAME}{question.statement}) AS said", *of, *period, review.time_zone)
        found[name] = rules.answer_of(question, json.loads(rows, parse_float=str))
    return found


async def verification(work: Work, review: ProductReview) -> ProductReviewVerification:
    """Whether what is kept is what was signed, and what the records say to the same questions today."""
    shared, own = await entries_of(work, review)
    today = {name: sha256(content) for name, content in (await answers(work, review)).items()}
    kept = [
        VerifiedAnswer(
            section=each.section,
            question=each.question,
            kept=each.digest,
            today=today.get(each.question),
            same=today[each.question] == each.digest if each.question in today else None,
        )
        for each in (*shared, *own)
        if each.question
    ]
    contents = all(sha256(each.content) == each.digest for each in (*shared, *own))
    whole = contents and rules.digest(review, shared, rules.seal(own)) == review.digest
    same = all(each.same for each in kept)
    return ProductReviewVerification(intact=whole if review.digest else None, same=same, answers=kept)


def _section(section: Section, entries: Sequence[EntryFields], *, withheld: bool) -> ProductReviewSection:
    of_it = [] if withheld else [each for each in entries if each.section == section.name]
    return ProductReviewSection(
        name=section.name,
        clause=section.clause,
        title=section.title,
        withheld=withheld,
        unjudged=None if withheld else section.unjudged,
        answers=[_answer(each) for each in of_it if each.question],
        parts=[
            ProductReviewPart(text=each.content, **each.model_dump(include={*ProductReviewPart.model_fields}))
            for each in of_it
            if not each.question
        ],
    )


def _answer(entry: EntryFields) -> ProductReviewAnswer:
    return ProductReviewAnswer(
        question=entry.question or "",
        parameters=entry.parameters or {},
        answer=json.loads(entry.content),
        digest=entry.digest,
        answered_at=entry.written_at,
    )
