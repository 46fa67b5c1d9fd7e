"""Networks in Keras, with the numbers they start from."""
