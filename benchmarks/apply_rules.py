"""All rules over the Dockerfiles that are named: the program that `bench_rules.py` times."""

import sys
from pathlib import Path

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.text.problems import ParseError
from checks.rules import all_rules

rules = [rule for rule in all_rules() if rule.artifact is Stage]
for path in sys.argv[1:]:
    try:
        for stage in parse_dockerfile(Path(path).read_bytes()).stages:
            for rule in rules:
                list(rule(stage))
    except ParseError:  # an input of the corpus that no program reads
        continue
