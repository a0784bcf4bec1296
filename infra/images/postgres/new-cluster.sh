#!/bin/sh
# new-cluster.sh DIRECTORY [INITDB ARGUMENT...]: a new cluster with this image's defaults; later
# arguments win. The superuser has no password yet, so nobody can log in.
set -eu
directory=$1
shift

# The built-in C.UTF-8 sorts alike on every release of libc and ICU: no index breaks when the image
# is updated. "trust" lasts until the next line; initdb would otherwise want the password now.
initdb --pgdata="$directory" --auth=trust --no-sync --no-instructions --data-checksums \
  --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin \
  --set listen_addresses='*' --set timezone=UTC --set log_timezone=UTC \
  --set password_encryption=scram-sha-256 --set shared_preload_libraries=pg_stat_statements "$@"
cat /usr/local/lib/postgres-image/pg_hba.conf >"$directory/pg_hba.conf"
