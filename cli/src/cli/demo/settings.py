"""What a demo's services are told."""

from cli.data_folder import DataFolder
from cli.databases import InstallationSettings, packages
from identity.installed import LOCAL_ISSUER


def settings_for(folder: DataFolder, postgres: str, bootstrap_servers: str, *, durable: bool) -> InstallationSettings:
    """All of it: nothing is taken from the environment, which may speak of another installation."""
    address = postgres.rsplit("@", 1)[1].split("/")[0]
    return InstallationSettings(
        local=True,
        role="all",
        database_url=f"postgresql://{{service}}:{{password}}@{address}/{{service}}",
        passwords=folder.passwords(packages()),
        pool_size=4,
        kafka_bootstrap_servers=bootstrap_servers,
        topic_prefix="",
        verify_topics=durable,
        replication_factor=1,
        issuer=LOCAL_ISSUER,
        audience="entente",
        algorithms=("ES256",),
        jwks=str(folder.path / "jwks.json"),
    )
