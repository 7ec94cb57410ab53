"""Stored queries, one statement a file; read them through `labelsys.queries`."""
