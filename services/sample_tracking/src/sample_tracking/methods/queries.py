"""Reads of methods."""

from collections.abc import Sequence
from typing import Final

from directory.names import names_of
from runtime.work import Work
from sample_tracking.methods.model import Method
from sample_tracking.methods.schemas import MethodRead
from serving.listing import days, equal

_REFERENCES: Final = {"product": "product_id"}
FILTERS = equal(Method, "code", "product_id", "state") | days(Method.effective_from, "effective")


async def show(work: Work, methods: Sequence[Method]) -> list[MethodRead]:
    """The methods with what their products are called."""
    names = await names_of(work, methods, _REFERENCES)
    return [MethodRead.model_validate(dict(one) | names.of(one, references=_REFERENCES)) for one in methods]
