"""Giving a column of a guarded table another name."""

from alembic import op

# PostgreSQL lets columns in conditions follow by itself. The names that a guard keeps as text do not: which columns a
# partner's row may fill, and which ones a step of it sets.
_FOLLOW = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT polname AS name, pg_get_expr(polwithcheck, polrelid) AS held FROM pg_policy
        WHERE polrelid = '{table}'::regclass AND pg_get_expr(polwithcheck, polrelid) ~ '[''"]{old}[''"]'
    LOOP
        EXECUTE format('ALTER POLICY %I ON {table} WITH CHECK (%s)', found.name,
                       regexp_replace(found.held, '([''"]){old}([''"])', '\\1{new}\\2', 'g'));
    END LOOP;
    FOR found IN
        SELECT tgname AS name, pg_get_triggerdef(oid) AS held FROM pg_trigger
        WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal AND pg_get_triggerdef(oid) ~ '"{old}"'
    LOOP
        EXECUTE format('DROP TRIGGER %I ON {table}', found.name);
        EXECUTE replace(found.held, '"{old}"', '"{new}"');
    END LOOP;
    IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '{table}'::regclass AND conname = '{old}_is_finite') THEN
        ALTER TABLE {table} RENAME CONSTRAINT {old}_is_finite TO {new}_is_finite;
    END IF;
END
$$
"""


def rename_column(table: str, old: str, new: str) -> None:
    """Rename a column, also where what partners may write names it. Audit entries of before keep the name of their day.

    Not for a column that names a child's root, or that a published fact's condition (``partners_publish``) names.
    """
    op.alter_column(table, old, new_column_name=new)
    op.execute(_FOLLOW.format(table=table, old=old, new=new))
