"""Bytes to lines, YAML, TOML, patterns and variables: what every file format of a submission needs."""
