"""Whose law a market follows."""

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
_OWN: Final = {"GB": Regime.gb, "US": Regime.us, "CH": Regime.ch}


def regime_of(market: str) -> Regime:
    """The law of a market."""
    return Regime.eu_eea if market in EEA else _OWN.get(market, Regime.other)


def registered_as(market: str) -> tuple[str, ...]:
    """Under which names a market may be registered, its own first: the Union's procedure holds for each of the EEA."""
    return (market, "EU") if market in EEA and market != "EU" else (market,)


def checked(market: str | None, regime: Regime) -> Regime:
    """The law that is stated of a market. Raises ValueError for another one than its own; None is not looked at."""
    if market and regime is not (own := regime_of(market)):
        raise ValueError(f"{market} follows the rules of {own}, and not of {regime}")
    return regime
