"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"


def var_dir() -> Path:
    """All state of the private servers and of the studio that runs on them; made if missing."""
    folder = ROOT / (os.environ.get("VAR_DIR", "").strip() or "var")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def site_packages() -> Path:
    """Of the `.venv`, which may have another Python than the one that runs this."""
    return next((VENV / "lib").glob("python3*/site-packages"))
