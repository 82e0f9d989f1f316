#!/bin/sh
# What the fleet does, one readable line per happening: ./logs.sh --help
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
node=$here/node_modules/.bin/node
[ -x "$node" ] || node=node
if ! "$node" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'; then
  echo 'logs.sh needs Node 24 or later: "npm ci" brings it along on Linux x64, elsewhere install it.' >&2
  exit 1
fi
exec "$node" "$here/tools/logs.ts" "$@"
