"""How one step of training is taken, and those after it: arrays in, metrics out; no files, no clocks, no screens."""
