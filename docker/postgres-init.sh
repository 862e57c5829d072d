#!/bin/bash
# Run once by the PostgreSQL image, when its volume is empty. Odoo's role may make
# databases and is no superuser; Odoo itself adds pg_trgm to each database it makes.
# unaccent is left out on purpose: it does nothing for Chinese, and Odoo's indexes on it
# cannot be restored from a dump into a new database.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/db_password`
CREATE ROLE odoo LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'password';
\connect template1
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
