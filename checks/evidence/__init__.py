"""What is observed from outside, in three rooms: the submission, the image, the service."""
