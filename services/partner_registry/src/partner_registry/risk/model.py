"""An assessment of a site's risk and its lifecycle (ICH Q9(R1)). The sponsor's alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from contracts import Role, Side
from contracts.oversight import RiskBand, RiskDimension
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.metadata import Table
from partner_registry.risk import scoring
from partner_registry.risk.schemas import RateDimension, RiskAssessmentFields
from partner_registry.risk.schemas import RiskState as State
from partner_registry.risk.scoring import Profile, Score
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

OPEN: Final = frozenset({State.draft, State.half_signed})
QUALITY: Final = frozenset({Role.quality})
SECOND: Final = frozenset({Role.regulatory, Role.msat, Role.lab, Role.qp, Role.supply})
"""The functions one of which signs beside quality where the risk is high or critical."""
RATERS: Final = QUALITY | SECOND | {Role.finance, Role.sourcing, Role.auditor}


class RiskAssessment(RiskAssessmentFields, Waiting, Versioned, Table, table=True):
    """How high the risk of a site is in the eyes of those who assess it."""

    __tablename__ = "risk_assessment"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.draft: {Side.sponsor},
        State.half_signed: {Side.sponsor},
    }
    signed_as: ClassVar[Mapping[str, str]] = {
        "site": "site",
        "partner": "partner",
        "occasion": "occasion",
        "computed risk": "computed_band",
        "signed risk": "band",
        "because": "band_reason",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "second_signed_by", "effective_at", "trajectory")

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it."""
        return ()

    @classmethod
    def draft(cls, **given: Any) -> Self:
        """Begin one."""
        return cls(**given)

    @transition(source={State.draft}, target=None, by=RATERS)
    def rate(self, ratings: Sequence[RateDimension], by: str, now: datetime) -> None:
        """Rate dimensions in one's own name. A consensus about them was one about other ratings, and is gone."""
        rated = {each.dimension for each in ratings}
        others = [each for each in self.ratings if each["by"] != by or each["dimension"] not in rated]
        self.ratings = [*others, *(_stored(each, by, now) for each in ratings)]
        self.consensus = [each for each in self.consensus if each["dimension"] not in rated]

    @transition(source={State.draft}, target=None, by=QUALITY, when="apart")
    def agree(self, agreed: RateDimension, by: str, now: datetime) -> None:
        """Settle with a reason what counts of a dimension in which raters are apart."""
        if agreed.dimension not in self.apart:
            raise RuleViolated(f"no raters of {self.number} are apart in {agreed.dimension}")
        self.consensus = [*self.consensus, _stored(agreed, by, now)]

    @transition(source={State.draft}, target=None, by=QUALITY)
    def form_team(self, team: Sequence[str]) -> None:
        """Say who assesses together."""
        self.team = list({each.casefold(): each for each in team}.values())

    @transition(
        source={State.draft},
        target={State.half_signed, State.signed},
        by=QUALITY,
        independent_of={"prepared_by"},
        signed="the site's risk is as it is rated here",
    )
    def sign(
        self, band: RiskBand | None, reason: str | None, covers: Sequence[UUID], open_floors: Collection[UUID],
        by: str, now: datetime,
    ) -> None:  # fmt: skip
        """Quality signs. High and critical wait for a second function."""
        computed = self._check_complete()
        signed = band or computed
        if scoring.rank(signed) < scoring.rank(computed):
            raise RuleViolated(f"{self.number} is {computed} by its scores: sign that or a higher band, not {band}")
        if signed != computed and not reason:
            raise RuleViolated(f"{self.number} is {computed} by its scores: give a reason for {band}")
        if signed in scoring.FORMAL and len(self.team) < scoring.TEAM:
            raise RuleViolated(f"{signed} takes a team of {scoring.TEAM}; {self.number} names {len(self.team)}")
        if unknown := sorted(map(str, set(covers) - set(open_floors))):
            raise RuleViolated(f"these floors do not hold at the site: {', '.join(unknown)}", unknown=unknown)
        self.band, self.band_reason = signed, reason if signed != computed else None
        self.worst_score = self.profile.worst_score
        self.covers, self.signed_by, self.signed_at = sorted(set(covers)), by, now
        self.state = State.half_signed if signed in scoring.FORMAL else State.signed
        self.effective_at = None if signed in scoring.FORMAL else now

    @transition(
        source={State.half_signed},
        target=State.signed,
        by=SECOND,
        independent_of={"prepared_by", "signed_by"},
        signed="a second function agrees to the site's risk",
    )
    def countersign(self, by: str, now: datetime) -> None:
        """A second function signs too."""
        self.second_signed_by, self.effective_at = by, now

    @transition(source={State.half_signed}, target=State.draft, by=QUALITY | SECOND)
    def send_back(self) -> None:
        """It is not to be signed as it is: the first signature counts no more."""
        self.band = self.band_reason = self.worst_score = self.signed_by = self.signed_at = None
        self.covers = []

    @transition(source={State.signed}, target=State.superseded, by=())
    def supersede(self) -> None:
        """A later one of the site was signed."""

    def compare(self, earlier: Sequence["RiskAssessment"]) -> None:
        """Say where the risk has gone since those that were signed before, the oldest first."""
        self.trajectory = scoring.trajectory(self.profile, [each.profile for each in earlier])

    @property
    def prepared_by(self) -> list[str]:
        """Who drafted it, rated a dimension or settled what counts: others sign."""
        return sorted({self.drafted_by, *(each["by"] for each in (*self.ratings, *self.consensus))})

    @property
    def scores(self) -> Mapping[RiskDimension, Score]:
        """What counts of each dimension: the consensus, or else the rater who sees the highest risk."""
        found: dict[RiskDimension, Score] = {}
        for dimension, scores in _by_dimension(self.ratings).items():
            found[dimension] = max(scores, key=lambda score: (scoring.rank(score.band), score.value))
        return found | {dimension: scores[0] for dimension, scores in _by_dimension(self.consensus).items()}

    @property
    def apart(self) -> list[RiskDimension]:
        """The dimensions in which raters are too far apart, and nobody has settled what counts."""
        settled = _by_dimension(self.consensus)
        return [
            dimension
            for dimension, scores in _by_dimension(self.ratings).items()
            if dimension not in settled and any(one.disagrees(other) for one in scores for other in scores)
        ]

    @property
    def profile(self) -> Profile:
        """What others are compared with. Raises ValueError where nothing is assessed."""
        return scoring.profile(self.scores, self.band, self.scale_version)

    @property
    def at_least(self) -> bool:
        """Whether some dimension is not assessed."""
        return len(self.scores) < len(RiskDimension)

    @property
    def drivers(self) -> list[str]:
        """What is behind the dimensions of the worst band."""
        bands = {dimension: score.band for dimension, score in self.scores.items()}
        highest = {dimension for dimension, band in bands.items() if band == scoring.worst(bands.values())}
        named = [f"{each['dimension']}: {driver}" for each in self.ratings if each["dimension"] in highest
                 for driver in each["drivers"]]  # fmt: skip
        unknown = [f"{each}: detectability unknown" for each, score in self.scores.items() if not score.detectability]
        return list(dict.fromkeys([*named, *unknown]))

    def _check_complete(self) -> RiskBand:
        """The band by the scores. Raises RuleViolated while there is nothing to sign."""
        if self.apart:
            raise RuleViolated(f"raters are apart in {', '.join(self.apart)}: settle what counts", apart=self.apart)
        computed = scoring.worst(score.band for score in self.scores.values())
        if computed is None:
            raise RuleViolated(f"no dimension of {self.number} is assessed")
        return computed


def _stored(rating: RateDimension, by: str, now: datetime) -> dict[str, Any]:
    return rating.model_dump(mode="json") | {"by": by, "at": now.isoformat()}


def _by_dimension(ratings: Sequence[Any]) -> dict[RiskDimension, list[Score]]:
    found: dict[RiskDimension, list[Score]] = {}
    for each in ratings:
        score = Score(each["severity"], each["probability"], each["detectability"])
        found.setdefault(RiskDimension(each["dimension"]), []).append(score)
    return found
