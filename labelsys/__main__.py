"""Runs the command line for `python -m labelsys`."""

from __future__ import annotations

from importlib import import_module

if __name__ == "__main__":
    # By name: the library has no import of the command line, which stands above it.
    import_module("labelsys_cli.main").main()
