"""Partners read their own record and sites, and write nothing; numbers tell nobody's volume."""

from installation import tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    tables.root_record("partner")
    tables.root_record("site")
    tables.sponsor_record("product")
    tables.numbers("partner_number")
    tables.numbers("site_number")
