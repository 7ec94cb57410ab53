"""Small data that ships with labelsys; read it through `importlib.resources`."""
