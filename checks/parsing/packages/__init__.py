"""Parsers for apt, pip, uv, Poetry and uvicorn command lines, and for project files and their locks."""
