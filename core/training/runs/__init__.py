"""What a run is made of and kept as: folders that several processes write and read."""
