"""The examples of the documentation, each run as it stands there."""
