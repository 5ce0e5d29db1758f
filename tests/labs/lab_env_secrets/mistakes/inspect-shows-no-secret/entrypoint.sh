#!/bin/sh
# What `set -x` prints, docker logs keeps.
set -x
export API_KEY="$(cat /run/secrets/api_key)"
exec uvicorn app.main:app --host 0.0.0.0 --port 8000
