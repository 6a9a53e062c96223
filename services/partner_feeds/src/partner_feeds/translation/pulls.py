"""Which pull of a stability study a row is of."""

from collections.abc import Callable
from decimal import Decimal

from contracts.partner_feeds import TestStage
from partner_feeds.language.rules import PullRule
from partner_feeds.records.model import LONGEST_STUDY, StudyPull
from partner_feeds.translation import parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import Part, RowFault, text_of


def pull(rule: PullRule, stage: Part) -> Callable[[Values], StudyPull | None]:
    """The pull of a row of the stage stability; None of another, and where the row does not say it."""
    condition = parts.text(rule.condition or None)

    def read(values: Values) -> StudyPull | None:
        months = values[rule.months]
        if stage(values) is not TestStage.stability or not isinstance(months, Decimal):
            return None
        if months != int(months) or not 0 <= months <= LONGEST_STUDY:
            raise RowFault(rule.months, text_of(months), f"is no age in whole months, from 0 to {LONGEST_STUDY}")
        return StudyPull(int(months), condition(values))

    return read
