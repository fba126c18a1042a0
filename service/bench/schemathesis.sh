#!/bin/sh
# Sends what the OpenAPI document allows, and what it does not, to a running API, and holds the answers against it:
#   sh service/bench/schemathesis.sh http://127.0.0.1:8080
# Needs Python 3 with venv; installs into .local/bench/venv.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../../.local/bench/venv
if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r "$here/requirements.txt"
fi
exec "$venv/bin/schemathesis" run "$1/openapi.json" --max-examples "${MAX_EXAMPLES:-200}" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection
