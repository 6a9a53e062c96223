"""What ``entente doctor`` looks at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, why, and what to do where it is not."""

    name: str
    ok: bool
    why: str
    what_to_do: str = ""
