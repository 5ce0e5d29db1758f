"""What is observed from outside: the workspace, the image, the container, its answers."""
