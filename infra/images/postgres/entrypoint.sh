#!/bin/sh
# Guards the data, makes the cluster on the first start, then becomes the server.
set -eu

refuse() {
  printf 'postgres image: %s\n' "$*" >&2
  exit 1
}

# As PID 1 the shell would ignore these, and a stop during the first start would end in SIGKILL.
trap 'exit 0' INT TERM

case "${1:-}" in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"
for argument in "$@"; do
  case "$argument" in
    --help | -\? | --version | -V | --describe-config | --single | --check | -C) exec "$@" ;;
  esac
done

user=$(id -u)
volume=$(dirname "$PGDATA")
[ "$user" != 0 ] ||
  refuse "the server does not run as root: leave out --user," \
    "or give the id that owns the volume (999)."

# A cluster of the official image lies in the volume's root. Starting an empty one beside it would
# look like data loss.
if [ -e "$volume/PG_VERSION" ]; then
  refuse "$volume itself holds a cluster, but PGDATA is $PGDATA, below it:" \
    "set PGDATA=$volume to use that cluster."
fi

lock=$PGDATA.lock
if mountpoint -q "$PGDATA"; then
  lock=$PGDATA/server.lock
  [ -e "$PGDATA/PG_VERSION" ] ||
    refuse "PGDATA=$PGDATA is a mount point and holds no cluster." \
      "A new one is made under another name and renamed when complete," \
      "so set PGDATA to a directory below the mount point."
fi
(mkdir -p "$volume" && : >>"$lock") 2>/dev/null ||
  refuse "uid $user cannot write to $(dirname "$lock"):" \
    "give the volume to that uid (chown -R $user)," \
    "or start the container with --user of its owner."
if [ -d "$PGDATA" ]; then
  owner=$(stat --format=%u "$PGDATA")
  [ "$owner" = "$user" ] ||
    refuse "$PGDATA belongs to uid $owner, but the server runs as uid $user:" \
      "start the container with --user $owner, or give the data to uid $user (chown -R $user)."
fi
case "$*" in
  *unix_socket_directories*) ;;
  *)
    [ -w /run/postgresql ] ||
      refuse "uid $user cannot write to /run/postgresql, where the sockets go:" \
        "mount a volume or tmpfs there that belongs to uid $user."
    ;;
esac

# The lock lies in the volume, so it holds between containers that share nothing else. The server
# inherits it and keeps it until its last process is gone; the wait is for a killed predecessor
# whose processes still end.
exec 9>>"$lock"
flock --exclusive --timeout 0.3 9 ||
  refuse "another server is using $PGDATA (it holds $lock): two servers on one volume destroy it." \
    "Stop the other container first."

if [ -e "$PGDATA/PG_VERSION" ]; then
  found=$(cat "$PGDATA/PG_VERSION")
  [ "$found" = "$PG_MAJOR" ] ||
    refuse "$PGDATA holds data of PostgreSQL $found, this image runs PostgreSQL $PG_MAJOR." \
      "Start it with an image of PostgreSQL $found; to move on," \
      "dump it there (pg_dumpall) and restore into an empty volume here, or run pg_upgrade."
else
  sh "$(dirname "$0")/first-start.sh"
fi

# A server of other data may share the socket directory by mistake; its sockets are not to be taken
# over.
if pg_isready --quiet --host=/run/postgresql || [ $? = 1 ]; then
  refuse "another server answers on /run/postgresql, port ${PGPORT:-5432}:" \
    "give each server a socket directory of its own, or set PGPORT."
fi

# Lock files found now are a dead server's. The process id in them is of another PID namespace and
# may by chance be one that lives here, which Postgres would take for a running server.
rm -f "$PGDATA/postmaster.pid" "/run/postgresql/.s.PGSQL.${PGPORT:-5432}.lock"

unset POSTGRES_PASSWORD
exec "$@"
