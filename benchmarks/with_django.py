"""Runs one benchmark in a process whose Django is set up, as a web process has it."""

import importlib
import sys

import django

from config import gunicorn

if __name__ == "__main__":
    django.setup()
    benchmark = importlib.import_module(sys.argv[1])
    gunicorn.post_worker_init(None)
    benchmark.main()
