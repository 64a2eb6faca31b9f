"""What bin/dev, bin/test, bin/check and bin/manage do. Nothing here is imported in production.

Everything but `demo` and `clips` is standard library only: it runs before there is a `.venv`.
"""
