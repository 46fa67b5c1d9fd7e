"""What is measured of trained runs."""
