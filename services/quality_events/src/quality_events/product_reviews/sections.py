"""The sections of a review: EU GMP 1.10 (i) to (xii), one table. What no fact tells is said, and covered by people."""

from collections.abc import Collection, Mapping
from typing import Final

from quality_events.product_reviews import lots, market, questions
from quality_events.product_reviews.terms import Question, Section
from quality_events.product_reviews.terms import SectionName as Name

SECTIONS: Final = (
    Section(
        Name.starting_materials,
        "i",
        "Starting and packaging materials, new sources, and the supply chain of active substances",
        (lots.MATERIALS,),
        "suppliers, new sources and supply chains are told by no fact",
    ),
    Section(
        Name.critical_results,
        "ii",
        "Critical in-process controls and results of the finished product",
        (questions.RESULTS, questions.TRENDS),
        "which in-process controls are critical, and what trends mean that no result lies out of, is told by no fact",
    ),
    Section(
        Name.failed_batches,
        "iii",
        "Batches, those that failed their specification, and their investigation",
        (questions.BATCHES, questions.OOS),
    ),
    Section(
        Name.deviations,
        "iv",
        "Deviations, their investigation, and the effect of corrective and preventive actions",
        (questions.DEVIATIONS, questions.CAPAS),
    ),
    Section(Name.changes, "v", "Changes of processes and analytical methods", (questions.CHANGES,)),
    Section(
        Name.variations,
        "vi",
        "Variations of marketing authorisations: submitted, granted or refused",
        (market.FILINGS, market.REGISTRATIONS),
        ours=True,
    ),
    Section(
        Name.stability,
        "vii",
        "Results of the stability programme, and adverse trends",
        (lots.STABILITY, questions.STABILITY_TRENDS),
        "which pulls were due is told by no fact",
    ),
    Section(
        Name.complaints,
        "viii",
        "Complaints and recalls in which the maker has a part",
        (questions.SHARED_COMPLAINTS, questions.RECALL_PARTS),
    ),
    Section(
        Name.market,
        "viii",
        "Returns, all complaints and recalls, released batches in doubt, and what authorities were notified of",
        (market.COMPLAINTS, market.RECALLS, market.IMPACTS, market.NOTIFICATIONS),
        "returns are told by no fact",
        ours=True,
    ),
    Section(
        Name.previous_actions,
        "ix",
        "Whether earlier corrective actions were adequate",
        (questions.PREVIOUS, questions.EARLIER_CAPAS),
    ),
    Section(
        Name.commitments,
        "x",
        "Post-marketing commitments of new authorisations and variations",
        unjudged="commitments to authorities are told by no fact",
        ours=True,
    ),
    Section(
        Name.equipment,
        "xi",
        "Qualification of equipment and utilities",
        unjudged="the qualification of equipment and utilities is told by no fact",
    ),
    Section(
        Name.agreements,
        "xii",
        "Contractual arrangements: technical agreements, audits and qualification of the sites",
        (questions.AUDITS, questions.FINDINGS, questions.QUALIFICATIONS),
        "whether technical agreements are up to date is told by no fact",
    ),
)
BY_NAME: Final[Mapping[Name, Section]] = {section.name: section for section in SECTIONS}
QUESTIONS: Final[Mapping[str, tuple[Section, Question]]] = {
    question.name: (section, question) for section in SECTIONS for question in section.questions
}


def uncovered(covered: Collection[str], *, ours: bool) -> list[Name]:
    """The sections, of the sponsor's alone or of the others, of which no fact tells all and nobody wrote a part."""
    asked = (section.name for section in SECTIONS if section.unjudged and section.ours == ours)
    return [name for name in asked if name not in covered]
