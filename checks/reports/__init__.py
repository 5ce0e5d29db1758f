"""One module per format; each writes a `Report` down and knows nothing else."""
