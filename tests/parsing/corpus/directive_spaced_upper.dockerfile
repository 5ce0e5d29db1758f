#  ESCAPE  =  `  
FROM a
RUN b `
 c
