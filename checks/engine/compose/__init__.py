"""A student's Compose project: judged before anything boots, bounded, run under a random name, and torn down."""
