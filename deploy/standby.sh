#!/bin/bash
# The standby: a copy of the primary when its folder is empty, and from then on whatever it was, standby or promoted.
set -euo pipefail
export PGPASSWORD; PGPASSWORD="$(cat /run/secrets/owner)"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    install -d -m 0700 -o postgres -g postgres "$PGDATA"
    gosu postgres pg_basebackup -D "$PGDATA" -R -X stream -c fast -C -S standby \
        -d "host=primary user=follower application_name=standby"
fi
unset PGPASSWORD
# Promoted it is alone until another follows: it waits for nobody (synchronous_standby_names is the primary's own option).
exec gosu postgres postgres -c log_min_duration_statement=500 -c log_parameter_max_length=0 -c log_error_verbosity=terse
