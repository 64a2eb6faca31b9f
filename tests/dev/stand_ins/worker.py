"""Like a Celery worker: it has a child, and with a long task (STUBBORN) only SIGQUIT ends it."""

import os
import signal
import subprocess
import sys

if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, lambda *_: (print("I am told to quit.", flush=True), os._exit(0)))
subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()", *sys.argv[1:]])
print("The worker is ready.", flush=True)
while True:
    signal.pause()
