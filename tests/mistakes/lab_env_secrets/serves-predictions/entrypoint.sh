#!/bin/sh
# Without --host, the server listens to nobody but the container itself.
exec uvicorn app.main:app --port 8000
