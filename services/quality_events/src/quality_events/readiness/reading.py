"""Whether what was told last is known: while facts are read once more, nobody can say."""

from datetime import date

from quality_events.readiness.terms import EVERYBODY, Condition, ConditionName, Dossier, Finding, met, unknown


def facts_read(dossier: Dossier, market: str, _: date) -> Condition:
    """No topic is being read again from its beginning, as after an upgrade: what came last waits behind all of that."""
    name = ConditionName.facts_read
    if dossier.unread:
        texts = [
            f"{what} is being read again: what was told there last may not be known yet" for what in dossier.unread
        ]
        return unknown(name, *(Finding(text, reader=EVERYBODY) for text in texts))
    return met(name, Finding("nothing is being read again", reader=EVERYBODY))
