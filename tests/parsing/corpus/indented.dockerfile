  FROM a
	 RUN b
