"""The rows: the two engines that hold them, their schema, and the way from one to the other."""
