"""Report formats, one module each; a module depends only on `Report`."""
