#!/bin/sh
# Goes back to an earlier version of the model: says what would change, then does it.
#
#   examples/rollback.sh VERSION [URL]
#
# A token with the role operate, where one is needed, is taken from HARK_TOKEN.
set -eu

version=${1:?usage: rollback.sh VERSION [URL]}
url=${2:-http://127.0.0.1:3000}

# The token goes to curl's standard input, for arguments can be read by everybody on this machine.
call() {
  { [ -z "${HARK_TOKEN:-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$HARK_TOKEN"; } |
    curl --config - --silent --show-error --fail-with-body -H 'Content-Type: application/json' "$@"
  echo
}

echo 'What would change:' >&2
call --data '{"dryRun":true}' "$url/v1/models/$version/rollback"

# With the same key a repeated call is done once, so that a lost answer may be asked for again.
key="rollback-$version-$(date +%s)-$$"
echo 'Done:' >&2
call --retry 3 --retry-delay 2 -H "Idempotency-Key: $key" \
  --data '{"learning":"continue","reason":"examples/rollback.sh"}' "$url/v1/models/$version/rollback"
