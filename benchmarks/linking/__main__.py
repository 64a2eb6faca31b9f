"""`.venv/bin/python -m benchmarks.linking`"""

from benchmarks.__main__ import bench
from config.dev.trouble import run_command

if __name__ == "__main__":
    run_command(lambda arguments: bench(["linking", *arguments]))
