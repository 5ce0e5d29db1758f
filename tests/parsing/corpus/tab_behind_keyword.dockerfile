FROM	a
RUN		b
