"""What browsers ask of runs over HTTP."""
