#!/usr/bin/env bash
# Put uv into .tools/uv, from PyPI, with nothing but Python; does nothing when the right version is there.
set -euo pipefail
version=0.13.9
cd "$(dirname "$0")/.."
[ "$(.tools/uv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$version" ] && exit 0
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "需要 Python 3.11 或更新的版本（现在是 $(python3 --version 2>&1)）。" >&2
    exit 1
}
scripts/ensure_system.sh "Python 虚拟环境" "python3 -c 'import ensurepip, venv'" python3-venv
echo "  安装 uv $version"
rm -rf .tools/uv
python3 -m venv .tools/uv
.tools/uv/bin/pip install --quiet --disable-pip-version-check "uv==$version"
