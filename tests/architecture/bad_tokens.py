"""Tokens with which nobody is let in, by what is wrong with them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.whole import WHOLE

BAD_TOKENS: Mapping[str, Mapping[str, Any] | None] = {
    "none": None,
    "expired": {"roles": ["quality"], "exp": 1},
    "of another audience": {"roles": ["quality"], "aud": "x"},
    "without a subject": {"roles": ["quality"], "sub": ""},
    "with a worker's subject": {"roles": ["quality"], "sub": "service:kpi"},
    "with unknown roles": {"roles": ["offline_access", "", "Quality"]},
    "without a party": {"roles": ["quality"], "party": None},
    "with a partner's role for the sponsor": {"roles": ["partner_quality"]},
    "with a sponsor's role for a partner": {"roles": ["quality"], "party": str(uuid4())},
    "with roles of both": {"roles": ["quality", "partner_quality"]},
}


def some_bad_tokens(route: str) -> list[tuple[str, Mapping[str, Any] | None]]:
    """Those with which a route is asked: their claims, or no token. In a short run two, others for the next route."""
    each = [*BAD_TOKENS.items()]
    turns = len(each) // 2
    return each if WHOLE else each[len(route) % turns :: turns]
