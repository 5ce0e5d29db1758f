#!/bin/sh
# `exec` makes the server the first process, so that it gets the signal to stop.
export MODEL_PATH=/models/model.pkl
exec uvicorn app.main:app --host 0.0.0.0 --port 8000
