#!/bin/sh
# Makes the cluster at $PGDATA from POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and
# POSTGRES_INITDB_ARGS, or the files that <name>_FILE gives. It appears under its final name when it
# is complete and on disk, never before.
set -eu

refuse() {
  printf 'postgres image: %s\n' "$*" >&2
  exit 1
}

# read_setting NAME: the value of NAME, or the content of the file that NAME_FILE gives, or nothing.
read_setting() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  # shellcheck disable=SC2154 # both are assigned by eval
  [ -z "$value" ] || [ -z "$file" ] || refuse "$1 and $1_FILE are both set: unset one of them."
  if [ -n "$file" ]; then
    [ -r "$file" ] ||
      refuse "$1_FILE is $file, which uid $(id -u) cannot read:" \
        "mount it there with mode 0444, or correct the path."
    value=$(cat "$file")
  fi
  printf '%s' "$value"
}

superuser=$(read_setting POSTGRES_USER)
superuser=${superuser:-postgres}
password=$(read_setting POSTGRES_PASSWORD)
database=$(read_setting POSTGRES_DB)
database=${database:-$superuser}
initdb_arguments=$(read_setting POSTGRES_INITDB_ARGS)

[ -n "$password" ] ||
  refuse "no password for the superuser:" \
    "set POSTGRES_PASSWORD_FILE to a file that holds it, or POSTGRES_PASSWORD." \
    "A SCRAM-SHA-256 verifier will do as well."
case "$password" in
  *"
"*) refuse "the password spans several lines: give one line." ;;
  md5????????????????????????????????)
    refuse "the password is an MD5 hash, but only SCRAM logs in here:" \
      "give the password or its SCRAM-SHA-256 verifier."
    ;;
esac
[ "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" = scram-sha-256 ] ||
  refuse "POSTGRES_HOST_AUTH_METHOD is $POSTGRES_HOST_AUTH_METHOD," \
    "but only scram-sha-256 is offered: unset it."
[ -z "$(ls -A /docker-entrypoint-initdb.d 2>/dev/null)" ] ||
  refuse "/docker-entrypoint-initdb.d holds scripts, which this image does not run:" \
    "run them as a client once the server is up."
[ -z "$(ls -A "$PGDATA" 2>/dev/null)" ] ||
  refuse "$PGDATA holds files but no PG_VERSION, so it is no cluster:" \
    "set PGDATA to an empty or new directory."

single_quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }
double_quoted() { printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')"; }

unfinished=$PGDATA.preparing
rm -rf "$unfinished"
if [ "$superuser" = postgres ] && [ -z "$initdb_arguments" ]; then
  mkdir -m 0700 "$unfinished"
  tar --extract --gzip --file "$(dirname "$0")/prepared.tar.gz" --directory "$unfinished"
  # Clusters with one system identifier could be taken for primary and replica. It is the first
  # eight bytes of pg_control: four random ones keep it unique. pg_resetwal then mends the checksum
  # and writes WAL that carries it; it warns of the checksum, and has no other way to change the
  # identifier.
  dd if=/dev/urandom of="$unfinished/global/pg_control" bs=4 count=1 conv=notrunc status=none
  pg_resetwal --force "$unfinished" >/dev/null 2>&1
else
  # shellcheck disable=SC2086 # split at spaces, as the official image does
  sh "$(dirname "$0")/new-cluster.sh" "$unfinished" --username="$superuser" $initdb_arguments
fi

# The password is set before anyone can connect. Nothing of it may stay behind: not in the log,
# which would quote a failing statement, and not in the statistics, which keep statements' texts.
{
  printf 'ALTER ROLE %s PASSWORD %s;\n' \
    "$(double_quoted "$superuser")" "$(single_quoted "$password")"
  [ "$database" = postgres ] || printf 'CREATE DATABASE %s;\n' "$(double_quoted "$database")"
} | postgres --single -D "$unfinished" -c exit_on_error=on -c log_min_error_statement=panic \
  -c log_checkpoints=off -c shared_preload_libraries= postgres >/dev/null

initdb --sync-only --pgdata="$unfinished" >/dev/null
mv --no-target-directory "$unfinished" "$PGDATA"
sync "$(dirname "$PGDATA")"
