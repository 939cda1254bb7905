#!/bin/sh
# Makes the first tokens of a new data volume, and gives the volume to the user that the apps run as.
set -eu
hark() { node /hark/tools/cli/bin/hark.js "$@"; }

if [ ! -f "$HARK_TOKENS_FILE" ]; then
  hark tokens create --name metrics --roles monitor --users none > /run/metrics/token 2> /dev/null
  chmod 0444 /run/metrics/token
  echo "The operator's token, shown this once:"
  hark tokens create --name operator --roles operate --users '*'
fi
chown -R node:node /data
