"""True of our own clusters: config/dev/postgres.py makes them, media_library/letters.py teaches them."""

NAME = "lectern-private"  # by which one says that it is ours
# LC_CTYPE that know the letters of all scripts, where they are known: Linux, macOS.
CTYPES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")
