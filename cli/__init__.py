"""The command line: one file a command group.

A command parses, calls the library, and renders what it answers. `main` holds
the table of commands and imports a command's module only when it is asked for.
"""
