"""A submission as data: a folder, a zip or a tar, and the workspace that is made of it."""
