#!/bin/sh
# Sends what the OpenAPI document allows, and what it does not, to the built API, and holds the answers against it:
#   npm run fuzz -w service
# Ends with 1 where an answer is not what the document says, is a 5xx, or the API does not run any more. With PGHOST (and
# what belongs to it, see docs/service.md) the items of that database take part; without, they answer 404.
# MAX_EXAMPLES (default 200) is how many requests each operation gets in each phase; PORT defaults to 18070.
# Needs Python 3 with venv; installs into .local/bench/venv.
set -eu
cd "$(dirname "$0")/.."
port=${PORT:-18070}
venv=$PWD/../.local/bench/venv
if ! [ -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r bench/requirements.txt
fi
npm run build
NODE_ENV=production HOST=127.0.0.1 PORT=$port LOG_LEVEL=error node dist/server.js &
api=$!
trap 'kill -KILL "$api" 2>/dev/null || true' EXIT
# Where it may leave its cache of examples.
cd ../.local/bench
# It waits for the document, so that the API has the time to start.
"$venv/bin/schemathesis" run "http://127.0.0.1:$port/openapi.json" \
  --wait-for-schema 10 --max-examples "${MAX_EXAMPLES:-200}" --no-color \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,positive_data_acceptance,unsupported_method,use_after_free,ensure_resource_availability
# The first process that dies here is the API, which has to be alive still.
kill -0 "$api" || { echo "The API has ended." >&2; exit 1; }
