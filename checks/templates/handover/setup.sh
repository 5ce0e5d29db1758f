#!/usr/bin/env bash
# Gradescope runs this once, to make the image that grades. Its default image has a Python that is too old.
# It could not be run on Gradescope itself: it is written with care, and unproven there.
set -eu
export DEBIAN_FRONTEND=noninteractive # nobody is there to answer what a package asks
here=$(cd "$(dirname "$0")" && pwd)
apt-get update
apt-get install --yes --no-install-recommends make python3.12 python3.12-venv ||
  apt-get install --yes --no-install-recommends make python3.11 python3.11-venv ||
  apt-get install --yes --no-install-recommends make python3 python3-venv
make -C "$here/course" install
