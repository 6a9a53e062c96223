"""What a database holds beside its rows, in lines that can be compared: a dropped policy must not go unnoticed."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text

_RELATIONS = """
SELECT format('table %s: row security %s, forced %s', relname, relrowsecurity, relforcerowsecurity)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
"""
_COLUMNS = """
SELECT format('column %s.%s: %s%s%s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
              CASE WHEN attnotnull THEN ' not null' END, ' default ' || pg_get_expr(adbin, adrelid))
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
"""
_CONSTRAINTS = """
SELECT format('constraint %s.%s: %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0
"""
_INDEXES = "SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'"
_TRIGGERS = """
SELECT format('trigger %s (%s)', pg_get_triggerdef(pg_trigger.oid), tgenabled)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
_POLICIES = """
SELECT format('policy %s.%s: %s for %s to %s using (%s) check (%s)', tablename, policyname, permissive, cmd,
              array_to_string(ARRAY(SELECT unnest(roles) ORDER BY 1), ', '), qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
"""
# By whom something was granted does not matter, and the owner has every right.
_GRANTS = """
SELECT format('grant on %s %s: %s to %s', kind, name, string_agg(privilege_type, ', ' ORDER BY privilege_type), who)
FROM (
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, relname::text AS name, relacl AS acl,
           relowner
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relacl IS NOT NULL
    UNION ALL
    SELECT 'table', relname || '.' || attname, attacl, relowner
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attacl IS NOT NULL
    UNION ALL
    SELECT 'function', proname, coalesce(proacl, acldefault('f', proowner)), proowner
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS granted, aclexplode(acl) AS one,
LATERAL (SELECT CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END AS who) AS named
WHERE grantee <> relowner GROUP BY kind, name, who
"""
_FUNCTIONS = """
SELECT format('function %s(%s): %s, %s, body %s', proname, pg_get_function_identity_arguments(oid),
              CASE WHEN prosecdef THEN 'as its owner' ELSE 'as its caller' END,
              coalesce(array_to_string(proconfig, '; '), 'no settings'), md5(prosrc))
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
_SEQUENCES = "SELECT format('sequence %s', sequencename) FROM pg_sequences WHERE schemaname = 'public'"
_PARTS = (
    _RELATIONS, _COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS, _POLICIES, _GRANTS, _FUNCTIONS, _SEQUENCES,
)  # fmt: skip
PLUMBING = Path(__file__).parent / "plumbing" / "schema.txt"
"""What every database has before its service's own migrations."""


class Drift(Exception):
    """A database is not what this release says; the text names each difference."""


def lines_of(connection: Connection) -> list[str]:
    """Tables, columns, constraints, indexes, triggers, policies, grants, functions and sequences, a line each."""
    found = [line for part in _PARTS for line in connection.scalars(text(part))]
    return sorted(" ".join(line.split()) for line in found)


def plumbing_tables() -> list[str]:
    """The tables that every database has."""
    lines = PLUMBING.read_text().splitlines()
    return [line.split()[1].rstrip(":") for line in lines if line.startswith("table ")]


def golden(migrations: Path) -> Path:
    """Where a service says what its database holds beside the plumbing."""
    return migrations / "schema.txt"


def differences(found: Iterable[str], migrations: Path) -> list[str]:
    """How a database differs from what its service's release says. An index that somebody added is nobody's harm."""
    expected = {*PLUMBING.read_text().splitlines(), *golden(migrations).read_text().splitlines()}
    actual = set(found)
    missing = [f"missing: {line}" for line in sorted(expected - actual)]
    more = [line for line in sorted(actual - expected) if not line.startswith("index CREATE INDEX ")]
    return missing + [f"not ours: {line}" for line in more]
