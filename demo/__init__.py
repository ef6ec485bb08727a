"""The sample blog: exchanges recorded from a real WordPress in two rounds, served on the loopback."""
