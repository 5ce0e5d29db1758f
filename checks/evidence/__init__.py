"""Observe from outside, in three packages: the submission, the image, the service."""
