"""The commands, one module each: `declare` adds its arguments; `run` imports its dependencies when called."""
