"""The process that trains: `python -m core.training.worker`, what it is asked to do and how much it may take."""
