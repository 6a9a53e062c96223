"""What is said of a condition of release, and the facts by which it is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from contracts import Side
from directory.qualified import Change
from quality_events.batches.reported import ReportedRecord
from quality_events.changes.terms import Verdict
from quality_events.process_limits.terms import Limited

if TYPE_CHECKING:
    from quality_events.readiness.numbers import Other
    from quality_events.readiness.parents import Parent
    from quality_events.readiness.standings import Owner

_OF: Final = "of stages, sites and results with the SHA-256 "


class ReadinessVerdict(StrEnum):
    """How a condition stands. What is unknown blocks as much as what is not met."""

    met = "met"
    not_met = "not_met"
    not_applicable = "not_applicable"
    unknown = "unknown"


class ConditionName(StrEnum):
    """What must hold before a batch is released (EU GMP Annex 16; 21 CFR 211.165, 211.192)."""

    record_reviewed = "record_reviewed"
    yield_explained = "yield_explained"
    tests_approved = "tests_approved"
    specification_met = "specification_met"
    oos_concluded = "oos_concluded"
    deviations_settled = "deviations_settled"
    inputs_released = "inputs_released"
    site_qualified = "site_qualified"
    registered = "registered"
    agreement_effective = "agreement_effective"
    changes_evaluated = "changes_evaluated"
    excursions_decided = "excursions_decided"
    within_times = "within_times"
    import_tested = "import_tested"
    confirmations = "confirmations"
    samples_retained = "samples_retained"
    not_held = "not_held"
    facts_read = "facts_read"
    impacts_assessed = "impacts_assessed"
    not_recalled = "not_recalled"
    numbers_joined = "numbers_joined"


STATEABLE: Final = frozenset(
    {
        *(ConditionName.yield_explained, ConditionName.inputs_released, ConditionName.agreement_effective),
        *(ConditionName.excursions_decided, ConditionName.within_times, ConditionName.samples_retained),
        *(ConditionName.tests_approved, ConditionName.confirmations, ConditionName.numbers_joined),
    }
)
"""Of these no fact tells all at present: where they are unknown, quality may state them. What is not met stays so."""

OURS: Final = frozenset({ConditionName.impacts_assessed, ConditionName.not_recalled})
"""The sponsor's alone: a partner is not told that there are any, and reads its readiness without them."""

EVERYBODY: Final = "everybody"
Reader = UUID | Literal["everybody"] | None
"""A partner, everybody, or with None the sponsor alone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, in words, and what proves it; or, aside, more of another one, and nothing stated."""

    text: str
    kind: str = ""
    id: UUID | None = None
    number: str | None = None
    reader: Reader = None
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition in one market."""

    name: ConditionName
    verdict: ReadinessVerdict
    findings: Sequence[Finding]
    owner: Side | None = None
    """Whose turn it is; None where nothing is to be done."""
    since: str | None = None
    due: str | None = None
    weighs: bool = False
    """The decision's text has to say how this was weighed."""
    grounds: str | None = None
    """SHA-256 of the stages, sites and results on which it rests, where its words do not name them."""
    untold: bool = False
    """It is unknown for what no fact tells, such as what the words of a stage mean, and for no other reason."""

    @property
    def stateable(self) -> bool:
        """Whether quality may state it: it is unknown, and no fact will tell it."""
        return self.verdict == ReadinessVerdict.unknown and (self.name in STATEABLE or self.untold)

    @property
    def blocks(self) -> bool:
        """Whether a batch is not released while it stands so."""
        return self.verdict in (ReadinessVerdict.not_met, ReadinessVerdict.unknown)

    @property
    def texts(self) -> list[str]:
        """What was found, as all who read its verdict count it."""
        return sorted(each.text for each in self.findings if not each.aside)

    @property
    def stated_of(self) -> list[str]:
        """What was found, and of what: by which a statement is known to be of this and of nothing else."""
        return [*self.texts, f"{_OF}{self.grounds}"] if self.grounds else self.texts


def met(name: ConditionName, *findings: Finding, weighs: bool = False) -> Condition:
    """It holds."""
    return Condition(name=name, verdict=ReadinessVerdict.met, findings=findings, weighs=weighs)


def spared(name: ConditionName, why: str) -> Condition:
    """It does not concern this batch or this market."""
    return Condition(name=name, verdict=ReadinessVerdict.not_applicable, findings=[Finding(why, reader=EVERYBODY)])


def unmet(
    name: ConditionName,
    *findings: Finding,
    owner: Side = Side.sponsor,
    since: str | None = None,
    due: str | None = None,
) -> Condition:
    """It does not hold."""
    return Condition(name=name, verdict=ReadinessVerdict.not_met, findings=findings, owner=owner, since=since, due=due)


def unknown(name: ConditionName, *findings: Finding, owner: Side = Side.sponsor) -> Condition:
    """Nobody can say whether it holds."""
    return Condition(name=name, verdict=ReadinessVerdict.unknown, findings=findings, owner=owner)


@dataclass(frozen=True, slots=True)
class Done:
    """Work on the batch at a site, on local days of it. Of a month it is each of its days."""

    step: str
    site_id: UUID
    first: date
    last: date
    activities: frozenset[str]
    """Any of these, by which the site is qualified and registered; none where nobody can tell what work it is."""
    partner_id: UUID | None = None
    begun_by: date | None = None
    """The last day on which it may have begun; None where that is the first one."""
    works: frozenset[str] = frozenset()
    """The digests of the batch, or of the orders, by which a partner's decided work is known to be this."""
    apart: bool = False
    """Whether another partner than the maker did it, of which it has a record of its own: see elsewhere."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one fact said; of one key the higher sequence was told later."""

    key: str
    sequence: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """That a batch was rejected for every market, for safety or contamination."""

    by: str
    """The disposition under whose signature."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of a batch by which its release is judged, the same for every market."""

    batch: Mapping[str, Any]
    done: Sequence[Done] = ()
    """The making."""
    elsewhere: Sequence[Mapping[str, Any]] = ()
    """Stages at other partners' sites than the maker's, as their own records say."""
    made_of: Sequence[Done] = ()
    """The making of what was split or merged to it, or worked on again."""
    tested: Sequence[Done] = ()
    """The laboratories' work."""
    dosage_form: str | None = None
    """The product's; None while that is not known."""
    countries: Mapping[UUID, str] = field(default_factory=dict)
    """By site."""
    qualifications: Mapping[UUID, Sequence[Change]] = field(default_factory=dict)
    owners: Mapping[UUID, Sequence["Owner"]] = field(default_factory=dict)
    """By site, whose it was, and when no work was given to that partner."""
    registrations: Sequence[Told] = ()
    recognitions: Sequence[Told] = ()
    specifications: Sequence[Told] = ()
    results: Mapping[str, "Result"] = field(default_factory=dict)
    set_aside: Mapping[str, "Result"] = field(default_factory=dict)
    """Those that are not reportable: they count nowhere."""
    invalid: Mapping[str, "Result"] = field(default_factory=dict)
    """Those that an investigation found invalid, and what amended them since: retests stand in their place."""
    amended_away: Sequence["Result"] = ()
    """Those that were out of specification before they were amended or withdrawn, and were not found invalid: of the
    test that each was reported as, and of what it was amended to."""
    flags: Sequence[Mapping[str, Any]] = ()
    """What speaks against the data of its results, as it stands."""
    deviations: Sequence[Mapping[str, Any]] = ()
    left_out: Sequence[Mapping[str, Any]] = ()
    """Deviations that named it, or what went in, in an earlier revision of their source than the one that stands."""
    late: Sequence[Mapping[str, Any]] = ()
    """Deviations that had ended, and that name it, or what it came of, in an amendment that nobody answered."""
    shared: Sequence[Mapping[str, Any]] = ()
    """Open deviations of equipment that it, or what it came of, was made on, or of which nobody can say that."""
    investigations: Sequence[Mapping[str, Any]] = ()
    trends: Sequence[Mapping[str, Any]] = ()
    """Open investigations of results that are out of trend: as far as a partner reads them, for none waits for one."""
    holds: Sequence[Mapping[str, Any]] = ()
    inputs: Sequence[Mapping[str, Any]] = ()
    parents: Sequence["Parent"] = ()
    """Of all that it came of those whose making it was, and those that were kept from a market."""
    dispositions: Sequence[Mapping[str, Any]] = ()
    rejected: Rejected | None = None
    """For every market, which nothing undoes."""
    statements: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[tuple[Any, Verdict]] = ()
    """Under which it was made, or may have been."""
    not_handed_in: Sequence[ReportedRecord] = ()
    """What the maker's own systems gave of the batch record, and the record that stands does not say."""
    records_set_aside: Sequence[ReportedRecord] = ()
    """What of that the maker's quality said is none."""
    excursions: Sequence[Mapping[str, Any]] = ()
    """Of its process, and of what it came of."""
    limited: Limited | None = None
    """The limits of its process, and what of its making they are of."""
    not_named: Sequence[Mapping[str, Any]] = ()
    """Lots that a maker's system says went in, and that are no inputs."""
    inputs_before: Sequence[Mapping[str, Any]] = ()
    """Lots that an earlier revision of a start named, and that are no inputs any more."""
    overdrawn: Sequence[Mapping[str, Any]] = ()
    """Of what went in that of which more is told to have gone on than was made; another maker's without a name."""
    impacts: Sequence[Mapping[str, Any]] = ()
    """Those that are open, in any market. Of these, of proposals and of recalls a partner's dossier has none."""
    hold_proposals: Sequence[Mapping[str, Any]] = ()
    """That nobody has answered."""
    recalls: Sequence[Mapping[str, Any]] = ()
    """Those that are proposed or run over it, or over what it came of; no exercises."""
    numbers: Sequence["Other"] = ()
    """Batches that are the same goods: what stands under its aliases is in here, too."""
    told_under: Sequence[Mapping[str, Any]] = ()
    """Other numbers under which facts were told that are kept with it, and what keeps those told under its own."""
    unread: Sequence[str] = ()
    """What is being read again from its beginning, so that the newest of it may not be known."""
    waits_since: datetime | None = None
    """When it was made, else begun: what was never so since then keeps it from being released since then."""

    @property
    def maker(self) -> UUID:
        """Whose batch it is."""
        return UUID(self.batch["partner_id"])


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory's result of the lot that counts: what amends it came never, or is another."""

    id: str
    test: str
    stage: str
    evaluations: Mapping[str, str]
    """By market; that of "" holds where a market has none of its own."""
    unjudged: bool
    approved: bool
    site_id: UUID
    partner_id: UUID
    on: str = ""
    """When it was determined, as it was given."""
    by_specification: Mapping[str, str] = field(default_factory=dict)
    """By the id of each that it was held against; none where that was not told, or quality read it."""
    reportable: bool | None = None
    """Whether its laboratory was entitled for the method; None where nobody can say."""
    not_reportable: str = ""
    """Why not, or why nobody can say."""
    pending: bool = False
    """By limits of a market it asks for a further stage of its test, whatever it is by those of others."""
