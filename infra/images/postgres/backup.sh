#!/bin/sh
# Makes one backup: a full one when the last full one is BACKUP_FULL_EVERY_DAYS old, else of what
# changed since then. PGBACKREST_* say where the data and the repository are, PGHOST where the
# server answers, BACKUP_PASSWORD_FILE holds the password of PGBACKREST_PG1_USER. The data is only
# read.
set -eu

refuse() {
  printf 'backup: %s\n' "$*" >&2
  exit 1
}

: "${BACKUP_FULL_EVERY_DAYS:?}"
# libpq takes a password file only when nobody but its owner can read it, which a mounted secret
# cannot offer.
PGPASSWORD=$(cat "${BACKUP_PASSWORD_FILE:?}")
export PGPASSWORD

# A cluster lets a new pod through its network policies only after a moment.
waited=0
until pg_isready --quiet --timeout=5; do
  waited=$((waited + 1))
  [ "$waited" -lt 60 ] ||
    refuse "the server at ${PGHOST:?} has not answered for a minute." \
      "Backups are made of a running server."
  sleep 1
done

pgbackrest stanza-create ||
  refuse "the repository cannot take backups of this server; pgBackRest says why above." \
    "When it is of another cluster, the data was made anew without its backups:" \
    "restore them, or remove the repository to begin another one."

# As in "full backup: 20260102-030405F"; the last one is the latest.
last_full=$(pgbackrest info | sed -n 's/^ *full backup: \([0-9]\{8\}\).*/\1/p' | tail -n 1)
if [ -n "$last_full" ] &&
  [ "$last_full" -gt "$(date -u -d "-$BACKUP_FULL_EVERY_DAYS days" +%Y%m%d)" ]; then
  type=diff
else
  type=full
fi
pgbackrest --type="$type" backup
pgbackrest info
