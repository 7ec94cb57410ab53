"""Runs the command line for `python -m labelsys_cli`."""

from __future__ import annotations

from .main import main

main()
