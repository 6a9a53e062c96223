"""How a service's database comes to hold the copies. Called from migrations."""

from alembic import op

from directory.copies import TABLES
from installation import tables

_COLUMNS = {
    "known_partner": "id uuid PRIMARY KEY, number varchar NOT NULL, name varchar NOT NULL",
    "known_site": "id uuid PRIMARY KEY, partner_id uuid NOT NULL, number varchar NOT NULL",
    "known_product": "id uuid PRIMARY KEY, code varchar NOT NULL, name varchar NOT NULL",
}
_CALLED = {"known_partner": "number", "known_site": "number", "known_product": "code"}
_FACTS = tuple(f"io.entente.{kind}Registered.v1" for kind in ("Partner", "Site", "Product"))


def add_directory(*, products_seen_by_partners: str | None = None) -> None:
    """Make the tables of the copies and guard them, or complete those that an earlier release made under these names.

    A partner reads what its own organisation and sites are called, and of the products those for which a condition
    holds, or none. What an earlier release did not keep of a site is null until its registration is read again. The
    handlers that made the copies before are removed; those that the release has beside its copies register when it
    starts.
    """
    for table in TABLES:
        op.execute(f"CREATE TABLE IF NOT EXISTS {table} ({_COLUMNS[table]})")
        op.execute(f"CREATE INDEX IF NOT EXISTS {table}_{_CALLED[table]} ON {table} ({_CALLED[table]})")
    for column in ("name", "time_zone"):
        op.execute(f"ALTER TABLE known_site ADD COLUMN IF NOT EXISTS {column} varchar")
        op.execute(f"ALTER TABLE known_site ALTER COLUMN {column} DROP NOT NULL")
    tables.projection("known_partner", partner_column="id")
    tables.projection("known_site", partner_column="partner_id")
    tables.projection("known_product", seen_by_partners=products_seen_by_partners)
    tables.handles_no_more(*_FACTS)
