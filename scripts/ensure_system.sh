#!/usr/bin/env bash
# Make sure that something of the system is there: ensure_system.sh WHAT CHECK PACKAGE…
#   WHAT     what it is for, in the user's words
#   CHECK    shell command that succeeds once it is there
#   PACKAGE  Debian packages that bring it; installed by apt when root, else named in one line
set -euo pipefail
what=$1 check=$2
shift 2

present() { bash -c "$check" >/dev/null 2>&1; }

present && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "  安装 ${what}：apt-get install $*"
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null && present; then
        exit 0
    fi
fi
echo "缺少 ${what}。请由管理员执行：sudo apt-get install -y $*" >&2
exit 1
