"""Writes into the real database, so that tests can look whether it is kept."""

import os
import sys

import psycopg

with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    database.execute("CREATE TABLE IF NOT EXISTS start (at timestamptz DEFAULT now())")
    database.execute("INSERT INTO start DEFAULT VALUES")
    starts = database.execute("SELECT count(*) FROM start").fetchone()
print(f"start {starts and starts[0]} {sys.argv[3]}")
