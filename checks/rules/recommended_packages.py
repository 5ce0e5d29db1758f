"""apt installs recommended packages too.

A package recommends others that most users want with it: compilers with pip, for example, or manual pages.
On a desktop that is useful. An image has one purpose, and every package that it does not need makes it larger to
download, slower to scan and easier to attack.

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
    """Yield every call of apt that may install recommended packages under the configuration in force."""
    for step in brings_recommended(stage):
        yield Finding(step.line, f"`{step.command}` brings along what is only recommended")
