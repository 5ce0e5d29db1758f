"""apt installs recommended packages too.

A package names others that most people will want with it: compilers with pip, manual pages with anything.
On a desktop that is kind. An image is built to do one thing, and every package that it does not need is
downloaded with it, scanned with it, and open to attack with it.

    # bad
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3-pip

    # good
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y --no-install-recommends python3-pip

    # good
    FROM ubuntu:20.04
    RUN echo 'APT::Install-Recommends "false";' > /etc/apt/apt.conf.d/99lean
    RUN apt-get update && apt-get install -y python3-pip
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.installer_config import brings_recommended
from checks.rules.rule import Finding, rule


@rule(Stage, help="Give --no-install-recommends to every apt install, and name what you need yourself.")
def recommended_packages(stage: Stage) -> Iterator[Finding]:
    """Ask every call of apt that brings packages, with the configuration that it finds."""
    for step in brings_recommended(stage):
        yield Finding(step.line, f"`{step.command}` brings along what is only recommended")
