"""Who trains when: the server's side of training."""
