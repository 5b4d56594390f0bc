#!/bin/sh
# Run once by the postgres image for a new data volume: the two roles and the database (roles.sql).
set -eu
psql --no-psqlrc -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --file /deploy/roles.sql postgres
