"""Each action of a CAPA has the instant at which it is due, also of the plans that are being carried out.

What was implemented stays as it was signed. An action that was due last shares an extension of the whole.
"""

from alembic import op
from installation.changes import unseen

revision = "0068"
down_revision = "0067"

DATED = """
UPDATE capa SET actions = (
    SELECT jsonb_agg(one.action || jsonb_build_object('due_at', CASE
        WHEN one.action ->> 'due_on' = last.due_on THEN to_jsonb(capa.due_at)
        ELSE to_jsonb(((one.action ->> 'due_on')::date + 1)::timestamp AT TIME ZONE coalesce(
            (SELECT site.time_zone FROM known_site AS site WHERE site.id = capa.site_id), 'UTC'))
    END) ORDER BY one.place)
    FROM jsonb_array_elements(capa.actions) WITH ORDINALITY AS one (action, place),
        (SELECT max(action ->> 'due_on') AS due_on FROM jsonb_array_elements(capa.actions) AS action) AS last)
WHERE state IN ('planned', 'implementing') AND actions <> '[]'
"""


def upgrade() -> None:
    op.execute("SET LOCAL TIME ZONE 'UTC'")
    unseen("capa", DATED)
