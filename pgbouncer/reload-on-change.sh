#!/bin/sh
# reload-on-change.sh DIRECTORY COMMAND... Becomes COMMAND, and beside it has it read its files in
# DIRECTORY again when one of them changes: an orchestrator brings new files into a mounted
# directory and tells nobody. Writes the digest of the files that were read last to
# /run/pgbouncer/loaded.
set -eu

directory=$1
shift
main=$$

digest() {
  cat "$directory/pgbouncer.ini" "$directory/userlist.txt" | sha256sum | cut -d ' ' -f 1
}

loaded=$(digest)
printf '%s\n' "$loaded" >/run/pgbouncer/loaded
(
  while sleep 1; do
    # Both files are links into one directory, which is replaced as a whole: a read in that moment
    # may fail or mix.
    found=$(digest) || continue
    [ "$found" != "$loaded" ] || continue
    [ "$found" = "$(digest)" ] || continue
    kill -HUP "$main"
    loaded=$found
    printf '%s\n' "$loaded" >/run/pgbouncer/loaded
  done
) &
exec "$@"
