"""Whose law a market follows, and which countries that law takes for its own."""

from typing import Final

from contracts.complaints import AuthorityRegime as Regime

EEA: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR"),
        *("HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO"),
        *("PL", "PT", "RO", "SE", "SI", "SK", "EU"),
    }
)
"""The Union's members with Iceland, Liechtenstein and Norway; EU is the Union's own procedure."""
CERTIFIED: Final = frozenset({Regime.eu_eea, Regime.gb})
"""Where a qualified person certifies (Directive 2001/83/EC article 51; Human Medicines Regulations 2012, 41)."""


def regime_of(market: str) -> Regime:
    """The law of a market."""
    own = {"GB": Regime.gb, "US": Regime.us, "CH": Regime.ch}
    return Regime.eu_eea if market in EEA else own.get(market, Regime.other)


def territory(regime: Regime) -> frozenset[str]:
    """The countries in which what is made or tested is not imported."""
    return {Regime.eu_eea: EEA, Regime.gb: frozenset({"GB"})}.get(regime, frozenset())


def concerns(named: str, market: str) -> bool:
    """Whether what is said of one market is said of another: what is said of the Union is of each of its members."""
    return named in registered_as(market) or market in registered_as(named)


def registered_as(market: str) -> tuple[str, ...]:
    """Under which names a market may be registered, its own first."""
    return (market, "EU") if market in EEA and market != "EU" else (market,)
