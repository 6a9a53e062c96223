"""Whether two partners look like one company: pure functions of what both are called and of their websites."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final
from urllib.parse import urlsplit

from partner_registry.partners.naming import looks

ALIKE: Final = 0.8
"""From which similarity on two names are alike, of 0 to 1."""


@dataclass(frozen=True, slots=True)
class Company:
    """What a partner is known by."""

    names: Collection[str]
    """As names are compared: legal names of all its entities, also former ones, and trade names."""
    website: str | None = None


@lru_cache(10_000)
def trigrams(name: str) -> frozenset[str]:
    """Runs of three characters in a name's words, each with two blanks before it and one behind, as in pg_trgm."""
    padded = [f"  {word} " for word in name.split()]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def similarity(one: str, other: str) -> float:
    """How much two names have in common, from 0 to 1: shared trigrams by all of them."""
    a, b = trigrams(one), trigrams(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def domain_of(website: str) -> str:
    """The domain of a website, without www. Raises ValueError for what is none."""
    host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    try:
        plain = host.encode("idna").decode().removeprefix("www.")
    except UnicodeError:
        plain = ""
    labels = plain.split(".")
    if len(labels) < 2 or not all(label.replace("-", "a").isalnum() for label in labels) or labels[-1].isdigit():
        raise ValueError("a website has a domain, such as https://www.alpine.example")
    return plain


def grounds(one: Company, other: Company) -> list[str]:
    """Why the two may be one company, in words; none where they do not look like it. The same for both orders."""
    found = []
    if one.website and other.website and domain_of(one.website) == domain_of(other.website):
        found.append(f"same website domain: {domain_of(one.website)}")
    pairs = [(a, b) if a < b else (b, a) for a, b in product(one.names, other.names)]
    likeness = {(a, b): similarity(looks(a), looks(b)) for a, b in pairs}
    closest = max(sorted(pairs), key=likeness.__getitem__, default=None)
    if closest and likeness[closest] >= ALIKE:
        found.append(f"names alike ({likeness[closest]:.2f}): {' and '.join(closest)}")
    return found
