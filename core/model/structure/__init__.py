"""What a network is, as plain data: its layers in their order, what they cost, how they are written. No TensorFlow."""
