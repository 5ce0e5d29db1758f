"""One module a command: `declare` says its words, and what it needs it imports when it is called."""
