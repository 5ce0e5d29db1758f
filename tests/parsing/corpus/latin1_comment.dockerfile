# café
FROM a
