"""What only packs a batch, or looks at it, does not say on what that was made: deviations of equipment are asked about."""

from alembic import op
from installation import tables
from installation.changes import rewrite

revision = "0079"
down_revision = "0078"

# The words of steps, as `batches/works.py` has them: a test holds them against it.
MAKING = (
    "drug substance|synthesis|reaction|hydrogenation|fermentation|cell culture|harvest|purification|chromatography|"
    "crystallisation|crystallization|isolation|centrifugation|conjugation|drug product|granulation|"
    "roller compaction|compression|tabletting|tableting|coating|encapsulation|capsule filling|tube filling|"
    "sachet filling|pelletisation|pelletization|extrusion|spheronisation|spheronization|blending|sterile fill|"
    "sterile filling|aseptic fill|aseptic filling|aseptic processing|fill finish|sterile filtration|lyophilisation|"
    "lyophilization|freeze drying|sterilisation|sterilization|vial filling|syringe filling|ampoule filling|"
    "ampule filling|filling|making|manufacture|manufacturing|production|weighing|dispensing|mixing|sieving|milling|"
    "micronisation|micronization|drying|filtration|compounding|rework|reworking|reprocessing"
)
PACKING = (
    "packaging|packing|repackaging|repacking|blistering|labelling|labeling|relabelling|relabeling|cartoning|"
    "serialisation|serialization|assembly"
)
HANDLING = "visual inspection|inspection|splitting|merging"
# A batch that was packed of another one was made by packing it, and one that was split off or merged by any of it. Words
# that name no work, from before they were refused, are taken to tell.
TELLS = rf"""
CREATE FUNCTION tells_of_making(step varchar, came_by varchar[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN came_by && '{{split,merged}}' THEN true
            WHEN 'packed' = ANY (came_by) THEN said ~ '\y({PACKING})\y' OR said !~ '\y({MAKING}|{HANDLING})\y'
            ELSE said ~ '\y({MAKING})\y' OR said !~ '\y({PACKING}|{HANDLING})\y' END
FROM regexp_replace(lower(step), '[\s_/.-]+', ' ', 'g') AS said $$
"""
ANY_STAGE = "AND NOT EXISTS (SELECT FROM batch_stage AS stage WHERE stage.batch_id = batch.id)"
OF_MAKING = """AND NOT EXISTS (SELECT FROM batch_stage AS stage WHERE stage.batch_id = batch.id AND tells_of_making(
            stage.step, ARRAY(SELECT link.kind FROM batch_link AS link WHERE link.child_id = batch.id)))"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TELLS)
    op.execute("REVOKE EXECUTE ON FUNCTION tells_of_making FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION tells_of_making TO {', '.join(tables.ROLES)}")
    rewrite("shared_deviations_of(uuid)", (ANY_STAGE, OF_MAKING))
