"""Waits to be ended, and talks a little."""

import signal

print("I wait.", flush=True)
signal.pause()
