# make run · test · check · bench: nothing else to learn. `make lock` renews requirements.lock from pyproject.toml.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench lock env lint domain messages screenshots bundle release

PY := .venv/bin/python
# The domain's own tests and the rehearsals: they alone must reach every branch of the domain.
PURE := tests/domain tests/rehearsals

help:
	@echo 'make run    启动平台（首次会自动准备环境、数据库和演示数据）'
	@echo 'make test   全部测试（含浏览器和故障测试）'
	@echo 'make check  快速检查：格式、类型、分层、快速测试'
	@echo 'make bench  性能测量'
	@echo 'make messages     整理英文词表'
	@echo 'make bundle       离线安装包（存入 dist）'
	@echo 'make release      发布：检查、安装包、校验和（存入 dist）'
	@echo 'make screenshots  各工作台截图（存入 var/screenshots）'

env:
	@scripts/bootstrap.sh

run: env
	@exec .venv/bin/minsheng serve --demo

test:
	@scripts/bootstrap.sh browser
	@$(PY) scripts/lanes.py

check: env lint domain
	$(PY) -m pytest -n 2 --dist worksteal -m 'not slow' tests/rooms

lint:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	git ls-files -z -- '*.py' '*.md' '*.html' '*.css' '*.js' '*.toml' '*.sh' '*.yml' '*.yaml' | xargs -0 $(PY) -m codespell_lib
	$(PY) scripts/lanes.py --expired
	$(PY) scripts/migrations.py

domain:
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -q -p no:django -n 2 $(PURE)
	$(PY) -m coverage combine -q
	$(PY) -m coverage report --show-missing --skip-covered --fail-under=100

bench: env
	$(PY) -m bench

lock: env
	scripts/lock.sh

# The English catalogue in step with the Chinese sentences; see scripts/messages.py.
messages: env
	$(PY) scripts/messages.py

# Pictures of every desk at three widths, into var/screenshots; see scripts/screenshots.py.
screenshots:
	@scripts/bootstrap.sh browser
	$(PY) scripts/screenshots.py

# For a machine without any network; see scripts/bundle.py. A release is refused for a tree with changes.
bundle: env
	$(PY) scripts/bundle.py

release: env
	$(PY) scripts/release.py
