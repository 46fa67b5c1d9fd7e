"""A run to take away: one file a form."""
