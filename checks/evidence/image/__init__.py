"""The contents of an image, layer by layer, and the line of the Dockerfile that added them."""
