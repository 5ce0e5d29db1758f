 FROM a
