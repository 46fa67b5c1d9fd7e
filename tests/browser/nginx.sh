#!/bin/sh
# Makes sure that nginx for the tests is there where they run as root and apt-get is; elsewhere those tests are left out.
set -eu
command -v nginx >/dev/null 2>&1 && exit 0
[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 || exit 0
apt-get update -qq
# Without a runlevel its package starts no server.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx >/dev/null
