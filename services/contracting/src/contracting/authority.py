"""Who acts for a side: of a quality agreement the quality units, of any other those who buy, sell and know the law."""

from typing import Final

from contracting.agreement_versions.terms import Party
from contracts import Grant, Role, Side
from contracts.contracting import AgreementKind
from runtime.work import Work

SPONSORS: Final[frozenset[Role | Grant]] = frozenset({Role.sourcing, Role.legal, Role.quality})
PARTNERS: Final[frozenset[Role | Grant]] = frozenset(
    {Side.acceptor(Role.partner_commercial), Side.acceptor(Role.partner_quality)}
)
QUALITY_UNITS: Final[frozenset[Role | Grant]] = frozenset({Role.quality, Side.acceptor(Role.partner_quality)})
SIGNERS: Final[frozenset[Role | Grant]] = frozenset({Role.legal, Role.quality})
OF_QUALITY: Final = frozenset({Role.quality, Role.partner_quality})
OF_COMMERCE: Final = frozenset({Role.sourcing, Role.legal, Role.partner_commercial})


def powerless(kind: AgreementKind) -> frozenset[str]:
    """Which of these roles do not act on an agreement of this kind."""
    return OF_COMMERCE if kind == AgreementKind.quality else OF_QUALITY


def side_of(work: Work) -> Party:
    """For which side the caller acts."""
    return Party.partner if work.principal.partner_id else Party.sponsor


async def loaded_side(work: Work, _: object) -> Party:
    """For which side the caller acts, as a transition takes it."""
    return side_of(work)
