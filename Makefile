# Two commands: `make run` serves the portal with demo data, `make test` runs everything.
PYTHON ?= python3
PORT ?= 8000
export DEMO_DATE ?= 2020-10-20
export DJANGO_SETTINGS_MODULE ?= ntm_portal.settings.dev
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run reset test check bench pins chromium

run: .venv/installed
	@mkdir -p var
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_reference > var/reference.log
	@$(MANAGE) load_demo --until $(DEMO_DATE)
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@echo
	@echo "  Cổng nông thôn mới: http://127.0.0.1:$(PORT)/   (đồng hồ: $(DEMO_DATE); dừng bằng Ctrl-C)"
	@echo "  Tài khoản: quantri, dieuphoi, lanhdao, soyte, konplong; mật khẩu ntm-demo-2020"
	@echo
	@exec $(BIN)/gunicorn ntm_portal.wsgi --bind 127.0.0.1:$(PORT) --workers 1 --threads 8 --no-control-socket --log-level warning

reset:
	rm -rf var/portal.sqlite3 var/portal.sqlite3-wal var/portal.sqlite3-shm var/static
	@echo "Đã xóa dữ liệu; make run sẽ nạp lại từ đầu."

test: .venv/installed-dev chromium
	@sh .ci/suite

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(BIN)/mypy --strict criteria/engine
	$(BIN)/bandit --quiet --recursive ntm_portal communes criteria directives reports
	DJANGO_SETTINGS_MODULE=ntm_portal.settings.test $(MANAGE) makemigrations --check --dry-run

bench: .venv/installed-dev
	$(BIN)/python -m tests.benchmarks.bench

# Exact versions of everything, from the two .in files.
pins: .venv/installed-dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make pins" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make pins" requirements-dev.in -o requirements-dev.txt

chromium:
	@command -v chromium > /dev/null || command -v chromium-browser > /dev/null || command -v google-chrome > /dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; \
	else \
		echo "Chromium is missing, the browser tests need it: sudo apt-get install chromium"; \
	fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python cannot make a virtual environment: sudo apt-get install python3-venv"; exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Cài thư viện vào .venv (một lần)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
