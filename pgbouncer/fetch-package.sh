#!/bin/sh
# fetch-package.sh FLOOR: downloads the pgbouncer package into the current directory: this release's
# own as soon as it is at the floor, else the one of Debian testing. Fails when neither is. Adds no
# source that outlives this stage.
set -eu
floor=$1
testing=forky

candidate() { apt-cache policy pgbouncer | sed -n 's/^  Candidate: //p'; }
at_floor() { dpkg --compare-versions "$1" ge "$floor"; }

apt-get update
stable=$(candidate)
if at_floor "$stable"; then
  apt-get download pgbouncer
  exit
fi

# The mirror is the one that the image uses for its own release, whatever the form of its sources.
# shellcheck disable=SC1091 # the image's file, not this machine's
release=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
# shellcheck disable=SC2016 # apt-get replaces it
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $release" |
  head -n 1)
# A mirror may lag by weeks; testing's index then counts as expired, though its signature is as good
# as before.
echo "deb [check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
  "$mirror $testing main" \
  >/etc/apt/sources.list.d/testing.list
apt-get update
newest=$(candidate)
if ! at_floor "$newest"; then
  echo "pgbouncer must be $floor or newer;" \
    "$mirror offers $stable in $release and $newest in $testing." \
    "Use a mirror that is more up to date." >&2
  exit 1
fi
apt-get download "pgbouncer=$newest"
