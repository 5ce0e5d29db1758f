from a
rUn b
