"""What an image holds, layer by layer, and which line of the Dockerfile put it there."""
