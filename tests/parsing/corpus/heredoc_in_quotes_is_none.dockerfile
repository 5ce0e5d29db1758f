FROM a
RUN echo '<<EOF'
USER c
