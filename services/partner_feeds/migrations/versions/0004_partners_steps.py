"""What partners may write: a message for a feed that they send for, as it came, and another try of its refused rows."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0004"
down_revision = "0003"

OF_THE_MESSAGE = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "feed_id", "feed", "partner_id", "content_type", "size", "sha256"),
            *("sender_message_id", "file_name", "sent_by", "traceparent", "backfill", "received_at", "parties"),
        ],
        otherwise={"version": 1, "attempt": 1, "state": "received"},
        parties=["partner_id"],
        check=f"""
            message.sent_by = {ACTOR}
            AND EXISTS (SELECT FROM feed AS own WHERE own.id = message.feed_id AND own.code = message.feed
                    AND own.partner_id = message.partner_id AND (own.state = 'loading_history' OR NOT message.backfill))
        """,
    ),
    steps=[
        Step(moves=["partly_translated>replaying", "quarantined>replaying"], sides=["partner_id"], sets=["attempt"]),
    ],
)


def upgrade() -> None:
    op.add_column("message", sa.Column("sent_by", sa.String()))
    refused = ("both", "partner_id")
    add_turns("message", {"partly_translated": refused, "quarantined": refused})
    add_turns("mapping_version", {"draft": ("sponsor", None)})
    tables.root_record("message", OF_THE_MESSAGE)
    held = {"io.entente.partner-feeds.BallHeld.v1": {}}
    tables.partners_publish(Publishes(None, "partner-feeds.ball", "subject_id", types=held))
    by_party = tables.is_party("message", "message_id")
    op.execute("DROP POLICY party ON message_chunk")
    op.execute(f"CREATE POLICY party ON message_chunk FOR SELECT TO svc_partner USING ({by_party})")
    # The bytes come with the message, in its transaction: to what was received nothing is added.
    op.execute(
        f"CREATE POLICY partner_inserts ON message_chunk FOR INSERT TO svc_partner WITH CHECK ({by_party} AND EXISTS ("
        "SELECT FROM audit WHERE root_id = message_id AND table_name = 'message' AND operation = 'INSERT' "
        "AND xid = pg_current_xact_id()))"
    )
