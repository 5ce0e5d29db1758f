#!/bin/sh
# `exec` makes the server the first process, so that it gets the signal to stop.
cp "${MODEL_PATH:-/models/model.pkl}" /tmp/model.pkl
export MODEL_PATH=/tmp/model.pkl
exec uvicorn app.main:app --host 0.0.0.0 --port 8000
