"""A student's Compose project: judged before it boots, bounded, run under a random name, and torn down."""
