"""A choice by name is used or fails; only `auto` goes on to the next."""

from pathlib import Path

import pytest

from local import ServerError, choose_broker, choose_postgres, describe, jars, java

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "ENTENTE_TEST_BROKER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "OLDEST", 99)


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")


def test_apache_kafka_comes_first(tmp_path: Path) -> None:
    broker = choose_broker("auto", tmp_path)
    assert (broker.kind, broker.durable, broker.passed_over) == ("kafka", True, ())
    assert describe(broker) == f"Apache Kafka {jars.kafka_version()} on this machine"


def test_the_in_memory_broker_comes_last_and_says_why(tmp_path: Path, no_java: None, no_docker: None) -> None:
    broker = choose_broker("auto", tmp_path)
    assert (broker.kind, broker.durable) == ("embedded", False)
    assert [reason.partition(":")[0] for reason in broker.passed_over] == ["kafka", "docker"]


def test_a_choice_by_name_never_falls_back(tmp_path: Path, no_java: None, no_docker: None) -> None:
    with pytest.raises(ServerError, match="no Java 99 or newer"):
        choose_broker("kafka", tmp_path)
    with pytest.raises(ServerError, match="no Docker engine"):
        choose_broker("docker", tmp_path)
    with pytest.raises(ServerError, match="KAFKA_BOOTSTRAP_SERVERS is not set"):
        choose_broker("external", tmp_path)
    with pytest.raises(ServerError, match="there are auto, kafka"):
        choose_broker("redpanda", tmp_path)


def test_an_address_in_the_environment_is_a_choice_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    with pytest.raises(ServerError, match=r"no PostgreSQL at 127\.0\.0\.1:1"):
        choose_postgres("auto", tmp_path)
    monkeypatch.setattr("local.elsewhere.answers", lambda *_: False)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    with pytest.raises(ServerError, match="no Kafka answers"):
        choose_broker("auto", tmp_path)


BARE = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""Without what these few tests do not need: it takes a run longer to import it than to do all else."""
SUITE = """
    import pytest

    def test_database(postgres_dsn):
        assert postgres_dsn.startswith("postgresql://")

    @pytest.mark.durable_broker
    def test_keeps(kafka):
        assert kafka.durable
"""


def test_what_needs_a_durable_broker_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("--broker=embedded", "-rs", *BARE)
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["broker: in-memory broker*", "database: PostgreSQL*", "*needs a durable broker*"])


def test_the_servers_of_a_run_are_shared_by_its_workers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("--broker=embedded", "-n2", *BARE)
    result.assert_outcomes(passed=1, skipped=1)


def test_a_broker_asked_for_by_name_fails_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(SUITE)
    monkeypatch.setenv("ENTENTE_TEST_BROKER", "external")
    result = pytester.runpytest_subprocess(*BARE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*KAFKA_BOOTSTRAP_SERVERS is not set*"])
