"""Whose law a market follows, and which countries that law takes for its own."""

from typing import Final

from contracts.complaints import AuthorityRegime as Regime
from gxp.regimes import EEA, regime_of, registered_as

__all__ = ["CERTIFIED", "EEA", "concerns", "regime_of", "registered_as", "territory"]

CERTIFIED: Final = frozenset({Regime.eu_eea, Regime.gb})
"""Where a qualified person certifies (Directive 2001/83/EC article 51; Human Medicines Regulations 2012, 41)."""


def territory(regime: Regime) -> frozenset[str]:
    """The countries in which what is made or tested is not imported."""
    return {Regime.eu_eea: EEA, Regime.gb: frozenset({"GB"})}.get(regime, frozenset())


def concerns(named: str, market: str) -> bool:
    """Whether what is said of one market is said of another: what is said of the Union is of each of its members."""
    return named in registered_as(market) or market in registered_as(named)
