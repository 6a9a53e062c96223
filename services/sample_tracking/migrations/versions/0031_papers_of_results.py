"""A result that two people typed says from which paper."""

import sqlalchemy as sa
from alembic import op
from installation import changes

revision = "0031"
down_revision = "0030"

# Of what is there already, where the two typed one paper of that lot alone.
OF_ONE_PAPER = """
UPDATE result SET certificate_digest = paper.digest FROM (
    SELECT lot_id, laboratory_site_id, stage, keyed_by, verified_by, min(certificate_digest) AS digest
    FROM transcription WHERE state = 'verified' GROUP BY 1, 2, 3, 4, 5 HAVING count(DISTINCT certificate_digest) = 1
) AS paper
WHERE (result.lot_id, result.laboratory_site_id, result.stage, result.keyed_by, result.verified_by)
    = (paper.lot_id, paper.laboratory_site_id, paper.stage, paper.keyed_by, paper.verified_by)
"""
SAME = "AND (paper.lot_id, paper.laboratory_site_id, paper.stage)"


def upgrade() -> None:
    op.add_column("result", sa.Column("certificate_digest", sa.String()))
    changes.fill_too("result", "certificate_digest")
    changes.unseen("result", OF_ONE_PAPER)
    of_the_paper = f"AND paper.certificate_digest = typed.certificate_digest\n            {SAME}"
    changes.rewrite("must_be_typed_twice()", (SAME, of_the_paper))
