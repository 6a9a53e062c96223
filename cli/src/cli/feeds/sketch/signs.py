"""Columns of the signs before numbers that stand in another column: without them ``<0.05`` would become 0.05."""

from collections.abc import Sequence
from typing import Final

from cli.feeds.sketch.roles import listed, words_of
from cli.feeds.sketch.yaml_text import in_pairs
from contracts.partner_feeds import Qualifier
from partner_feeds.values.qualified import signed

_NAMES: Final = listed(
    "sign signs qualifier operator modifier prefix comparator relation vorzeichen zeichen operateur signe segno signo "
    "predznak znak"
)
_NO_SIGN: Final = "="
_USUAL: Final = ("<", ">")
"""Of a column in which no row of the file has a sign."""


def signs_in(name: str, filled: Sequence[str]) -> str | None:
    """What the mapping says of a column of signs, such as its codes; None for a column of anything else."""
    texts = dict.fromkeys(cell.strip() for cell in filled)
    codes = {text: meaning for text in texts or _USUAL if (meaning := _meaning(text))}
    is_named = bool(set(words_of(name)[-1:]) & _NAMES)
    if not codes or (len(codes) < len(texts)) or (not texts and not is_named):
        return None
    return f"holds: text, codes: {in_pairs(codes)}"


def _meaning(text: str) -> str:
    """The qualifier of a sign that stands alone, or that there is none; blank for any other text."""
    found: tuple[Qualifier, str] | None = signed(f"{text}1")
    return "none" if text == _NO_SIGN else str(found[0]) if found and found[1] == "1" else ""
