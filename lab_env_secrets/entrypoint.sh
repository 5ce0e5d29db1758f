#!/bin/sh
# The program that the container is.
# TODO: as it stands, the server listens to nobody but the container itself, and it is not the first process,
# so the signal that stops a container never reaches it.
uvicorn app.main:app
