"""The only package that talks to Docker."""
