#!/bin/sh
# PostgreSQL runs this once, on an empty volume: Keycloak's own database, which nobody else may open.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$KEYCLOAK_PASSWORD" --username postgres --dbname postgres <<'END'
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE ALL ON DATABASE keycloak FROM PUBLIC;
END
