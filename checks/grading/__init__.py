"""Grading: declare checks, run them over one submission or a class, and collect their outcomes."""
