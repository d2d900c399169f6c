#!/bin/sh
# Run by the image of PostgreSQL once, for an empty folder: the database and its two roles, as docs/operations.md says.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$MINSHENG_OWNER_PASSWORD" -v app="$MINSHENG_APP_PASSWORD" -U "$POSTGRES_USER" <<'SQL'
create role minsheng_owner login password :'owner';
create role minsheng_app login password :'app';
create database minsheng owner minsheng_owner encoding 'UTF8' locale 'C.UTF-8' template template0;
\connect minsheng
create extension if not exists pg_trgm;
revoke all on database minsheng from public;
grant connect, temporary on database minsheng to minsheng_app;
SQL
