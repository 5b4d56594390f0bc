#!/usr/bin/env bash
# docker-compose.yml is well-formed and complete; no container engine is needed for that.
set -euo pipefail
cd "$(dirname "$0")/.."
# Any values do; the file refuses to be read without them.
export SECRET_KEY=x PORTAL_OWNER_PASSWORD=x PORTAL_APP_PASSWORD=x POSTGRES_PASSWORD=x VALKEY_PASSWORD=x PORTAL_HOST=portal.example
docker-compose --file docker-compose.yml config --quiet
echo "docker-compose.yml 有效"
