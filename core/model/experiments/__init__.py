"""What is tried on trained networks: pictures that excite, changes that fool, all methods beside each other."""
