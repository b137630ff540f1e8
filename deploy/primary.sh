#!/bin/bash
# What PostgreSQL is told when its folder is made: who owns the tables, who the program is, who may follow.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v owner="$(cat /run/secrets/owner)" -v program="$(cat /run/secrets/program)" <<'SQL'
CREATE ROLE houtai_app NOLOGIN NOINHERIT;
CREATE ROLE houtai_merchant NOLOGIN NOINHERIT;
GRANT houtai_merchant TO houtai_app;
CREATE ROLE houtai_owner LOGIN PASSWORD :'owner';  -- owns the tables; no member of houtai_app, or the doctor names it (A5)
CREATE ROLE houtai LOGIN PASSWORD :'program' IN ROLE houtai_app;
CREATE ROLE follower LOGIN REPLICATION PASSWORD :'owner';
CREATE DATABASE houtai OWNER houtai_owner;
SQL
echo "host replication follower all scram-sha-256" >> "$PGDATA/pg_hba.conf"
