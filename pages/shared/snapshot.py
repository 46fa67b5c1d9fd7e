"""Whether there is a snapshot to look at; where there is none, why, and what to do."""

from core.training.runs import Run


def missing(run: Run | None) -> str | None:
    """Return a sentence when the chosen run has no snapshot to ask, else None."""
    if run is None:
        return "No network has been trained on this data yet. Train one, or choose other data in the sidebar."
    if not run.epochs:
        return f"The run “{run.title}” has no snapshot yet. Wait for its start, or choose another run in the sidebar."
    return None
