#!/bin/sh
# Arguments of a process are for everybody to see.
sh -c 'while :; do sleep 60; done' refresh --key "$(cat /run/secrets/api_key)" &
exec uvicorn app.main:app --host 0.0.0.0 --port 8000
