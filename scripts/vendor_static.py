"""Copy the front-end packages' minified files from node_modules/ to static/vendor/ (git-ignored).

The list below is the whole build: what is not named here is not served. Run after `npm ci`; running it again
changes nothing. Exits with 1 and one clear line when a package is missing.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    "bootstrap/dist/css/bootstrap.min.css",
    "echarts/dist/echarts.common.min.js",
    # With graphs, for the chain map alone.
    "echarts/dist/echarts.min.js",
    "htmx.org/dist/htmx.min.js",
)
# whitenoise's manifest storage follows `sourceMappingURL` comments, and the maps are not shipped.
SOURCE_MAP = b"sourceMappingURL="


def without_source_map(content: bytes) -> bytes:
    """The file without its trailing source-map comment, if it ends in one."""
    lines = content.rstrip().split(b"\n")
    if SOURCE_MAP in lines[-1]:
        lines.pop()
    return b"\n".join(lines) + b"\n"


def copy(*, packages: Path, target: Path) -> list[Path]:
    """Copy FILES flat into `target` and return the files written; a missing package raises FileNotFoundError."""
    contents = {Path(name).name: without_source_map((packages / name).read_bytes()) for name in FILES}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in contents.items():
        (target / name).write_bytes(content)
    return [target / name for name in contents]


def main() -> int:
    try:
        copy(packages=ROOT / "node_modules", target=ROOT / "static" / "vendor")
    except FileNotFoundError as error:
        sys.stderr.write(f"缺少前端组件：{error.filename}。请先在项目目录执行 npm ci，再重新运行。\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
