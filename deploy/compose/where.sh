#!/bin/sh
# Says where the installation is and as whom one signs in.
set -eu
cd "$(dirname "$0")/../.."
url=${ENTENTE_PUBLIC_URL:-http://localhost:8080}
cat <<END

Page       $url
Sign in    as ana.kovac (quality), ben.maier (qualified person), greta.adler (admin) or another of the invented people
           of deploy/keycloak/entente-realm.json; password of all of them: $(cat .entente/compose/passwords/people)
Operators  http://localhost:${ENTENTE_OPERATORS_PORT:-8081}/auth/admin/ as admin, password $(cat .entente/compose/passwords/keycloak)
Stop       make down
END
case " ${PROFILES:-} " in *" observability "*)
  echo "Grafana    http://localhost:${ENTENTE_OPERATORS_PORT:-8081}/grafana/ as admin, password $(cat .entente/compose/passwords/grafana)" ;;
esac
