"""Parsers that all file formats of a submission share: lines, YAML, TOML, patterns and variables."""
