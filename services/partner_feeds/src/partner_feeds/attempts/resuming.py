"""The timer that takes up what was interrupted: a process ended, or the database was away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func
from sqlmodel import col, select

from partner_feeds.attempts import commands as attempts
from partner_feeds.attempts.translator import Translator
from partner_feeds.messages.model import UNDER_WAY, Message, Translation
from partner_feeds.settings import IntakeSettings
from runtime.timers import Timer, record_by_record
from runtime.work import Work

AT_ONCE = 20
"""Messages that are taken up at a time: the beginning of each lies in memory until its turn comes."""


def timer(settings: IntakeSettings, translator: Callable[[], Translator]) -> Timer:
    """Looks for messages that make no progress, and has this process's translator take them up."""

    def interrupted(work: Work) -> Select[Any]:
        moved_at = func.coalesce(col(Translation.updated_at), col(Message.updated_at))
        long_ago = func.now() - timedelta(seconds=settings.resume_after)
        attempt = and_(col(Translation.message_id) == Message.id, col(Translation.attempt) == Message.attempt)
        without_progress = select(Message).outerjoin(Translation, attempt).where(moved_at < long_ago)
        # Whichever: were it the oldest, twenty whose end cannot be saved would keep all others from their turn.
        return without_progress.where(col(Message.state).in_(UNDER_WAY)).order_by(func.random())

    async def take_up(work: Work, message: Message) -> None:
        # The translator begins it once more. Here it shows whether it can begin at all: if not, it is set aside.
        await attempts.begin(work, message.id)
        translator().start(message.id)

    return record_by_record(
        "unfinished-messages", settings.resume_every, Message, interrupted, take_up, at_once=AT_ONCE
    )
