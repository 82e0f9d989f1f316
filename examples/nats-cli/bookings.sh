#!/usr/bin/env bash
# The table of bookings with the nats command line: NATS_URL=… NATS_NKEY_SEED=… SKYTIDE_DURABLE=… ./bookings.sh bookings.sqlite
# Needs the nats command line (https://github.com/nats-io/natscli) and Node 24.
set -euo pipefail
table="${1:-bookings.sqlite}"
here="$(cd "$(dirname "$0")" && pwd)"

# The command line reads a key from a file only.
key="$(mktemp)"
trap 'rm -f "$key"' EXIT
printf '%s' "$NATS_NKEY_SEED" > "$key"

# It acknowledges what it prints: what a crash loses between the two comes back by skytide subscribers replay.
nats --server "$NATS_URL" --nkey "$key" --js-api-prefix "${SKYTIDE_API_PREFIX:-\$JS.skytide.API}" \
  consumer next "${SKYTIDE_STREAM:-CONVERSATIONS}" "$SKYTIDE_DURABLE" --count "${COUNT:-1000}" --ack --raw --timeout 5s \
  | node "$here/apply-lines.ts" "$table"
