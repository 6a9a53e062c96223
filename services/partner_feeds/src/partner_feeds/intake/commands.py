"""Use cases of messages."""

import asyncio
from uuid import UUID

from asyncpg import UniqueViolationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import and_, col, or_, select

from partner_feeds.feeds.model import Feed, FeedState
from partner_feeds.intake.upload import Heading
from partner_feeds.messages.model import Message
from partner_feeds.messages.source import PIECE
from runtime.database import Context
from runtime.problems import Problem
from runtime.work import Store, Work
from serving.uploads import Upload
from telemetry.spans import current_traceparent

_KEEP = "INSERT INTO message_chunk (message_id, number, bytes) VALUES ($1, $2, $3)"


async def receive(store: Store, context: Context, feed: Feed, heading: Heading, upload: Upload) -> tuple[UUID, bool]:
    """Commit the bytes, and give the message's id and whether it is new.

    The same content of the same type, or the same Message-Id, is the message of before. Raises a 409 Problem for a
    Message-Id that came with another content or type.
    """
    while True:
        try:
            async with store.work(context) as work:
                if known := await _known(work, feed, heading, upload):
                    return known, False
                return await _keep(work, feed, heading, upload), True
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) != UniqueViolationError.sqlstate:
                raise
            # The same was sent twice at once: the other one is committed now, and found.
            continue


async def _known(work: Work, feed: Feed, heading: Heading, upload: Upload) -> UUID | None:
    same = and_(col(Message.sha256) == upload.sha256, col(Message.content_type) == heading.content_type)
    if heading.message_id is not None:
        same = or_(same, col(Message.sender_message_id) == heading.message_id)
    messages = (await work.session.scalars(select(Message).where(Message.feed_id == feed.id, same))).all()
    for message in messages:
        differs = (message.sha256, message.content_type) != (upload.sha256, heading.content_type)
        if message.sender_message_id == heading.message_id is not None and differs:
            detail = f"the Message-Id {heading.message_id} came before with other content or type: send a new message"
            raise Problem(409, "message-id-reused", detail, message_id=str(message.id))
    return messages[0].id if messages else None


async def _keep(work: Work, feed: Feed, heading: Heading, upload: Upload) -> UUID:
    # As it is now: it was found before the upload, which may have taken long.
    state = await work.session.scalar(select(Feed.state).where(Feed.id == feed.id))
    message = Message(
        feed_id=feed.id,
        feed=feed.code,
        partner_id=feed.partner_id,
        content_type=heading.content_type,
        size=upload.size,
        sha256=upload.sha256,
        sender_message_id=heading.message_id,
        file_name=heading.file_name,
        sent_by=work.principal.subject,
        traceparent=current_traceparent(),
        backfill=state == FeedState.loading_history,
        received_at=work.now,
        parties=[feed.partner_id],
    )
    work.add(message)
    await work.session.flush()
    upload.file.seek(0)
    number = 0
    while piece := await asyncio.to_thread(upload.file.read, PIECE):
        await work.connection.execute(_KEEP, message.id, number, piece)
        number += 1
    return message.id


async def replay(work: Work, message_id: UUID) -> Message:
    """Let the refused rows be tried again. Raises NotFound and NotAllowedNow."""
    message = await work.get(Message, message_id)
    message.replay()
    return message
