"""A pytest plugin: on the servers of a run, each folder of tests has an installation of its own.

A service begins at the beginning of its topics: in an installation that folders share, it would first work off what
the tests of the others published.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sse_starlette.sse import AppStatus
from xdist.scheduler import LoadScopeScheduling

from installation import migrate, topics
from runtime.settings import Settings
from tests.late import LATE

ROOT = Path(__file__).parents[1]
SERVICES = ROOT / "services"
OF_ALL_APPS = ("test_apis.py", "test_descriptions.py", "test_numbers.py", "test_openapi.py", "test_readmes.py")
"""They look at what every service says of itself, which takes a while to import and to write down."""
MakeDatabase = Callable[[Settings, str, Path], Awaitable[str]]


def folder_of(file: str) -> str:
    """The folder whose tests share an installation: ``libs/runtime``, ``services/kpi``, ``tests/e2e``, ``cli``."""
    parts = Path(file).parts
    return parts[0] if parts[0] == "cli" else "/".join(parts[:2])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell each test its folder: at the next one's first test, what was set up for the folder before ends."""
    file = metafunc.definition.path
    given = folder_of(str(file.relative_to(ROOT))) if file.is_relative_to(ROOT) else str(file)
    metafunc.parametrize("folder_of_tests", [given], ids=[pytest.HIDDEN_PARAM], indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def folder_of_tests(request: pytest.FixtureRequest) -> str:
    """The folder of the tests that run now."""
    # To sse-starlette the end of any server is that of the process: the streams of later ones would end at once.
    AppStatus.should_exit = False
    return str(request.param)


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]
    """A service's tests that need it stay in one process, which starts it once; of others, those of a file do."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        if Path(file).name in OF_ALL_APPS:
            return "all apps"
        together = file.startswith(("services/", "cli/", "tests/contract/")) and "/tests/unit/" not in file
        return folder_of(file) if together and not LATE else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """How tests are shared out between the processes of a run."""
    config.option.loadscopereorder = False  # pyproject.toml names first what takes long in one process
    return ByFolder(config, log)


@pytest.fixture(scope="session")
def settings(folder_of_tests: str, postgres_dsn: str, kafka: Any, issuer: Any) -> Settings:
    """Settings of the folder's installation, on the run's PostgreSQL and Kafka."""
    run = f"t{uuid4().hex[:8]}"
    host = postgres_dsn.rsplit("@", 1)[1].split("/")[0]
    return Settings(
        local=True,
        database_url=f"postgresql://{{service}}:entente@{host}/{run}_{{service}}",
        kafka_bootstrap_servers=kafka.bootstrap_servers,
        topic_prefix=f"{run}.",
        verify_topics=kafka.durable,
        jwks=str(issuer.jwks),
        requests_per_second=1e6,  # a test asks as fast as it can
        requests_burst=10**6,
    )


@pytest_asyncio.fixture(scope="session")
async def make_database(postgres_dsn: str) -> AsyncIterator[MakeDatabase]:
    """``await make_database(settings, service, migrations)``: a migrated database; gives the superuser's URL of it.

    Migrations run once in this process; what they made is copied from then on.
    """
    run, templates = f"template_{uuid4().hex[:8]}", dict[Path, str]()

    async def make(settings: Settings, service: str, migrations: Path) -> str:
        if migrations not in templates:
            url = f"{settings.database_url.rsplit('/', 1)[0]}/{run}_{{service}}"
            own = settings.model_copy(update={"database_url": url})
            await migrate.provision(postgres_dsn, own, service)
            admin = migrate.database_admin_url(postgres_dsn, own.database_of(service))
            await asyncio.to_thread(migrate.upgrade, migrations, admin)
            templates[migrations] = admin.rsplit("/", 1)[1]
        await migrate.provision(postgres_dsn, settings, service, template=templates[migrations])
        return migrate.database_admin_url(postgres_dsn, settings.database_of(service))

    yield make
    connection = await asyncpg.connect(postgres_dsn)
    for template in templates.values():
        await connection.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
    await connection.close()


Prepare = Callable[[str, FastAPI, Settings], Awaitable[None]]


@pytest.fixture(scope="session")
def prepare(make_database: MakeDatabase) -> Prepare:
    """``await prepare(package, app, settings)``: a service's database, where it has one, and its topics."""

    async def make(package: str, app: FastAPI, settings: Settings) -> None:
        if app.state.store:
            await make_database(settings, package, SERVICES / package / "migrations")
        if settings.verify_topics:
            await topics.create(settings, app.state.topics)

    return make
