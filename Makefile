# Two commands: `make run` serves the portal with demo data, `make test` runs everything.
PYTHON ?= python3
PORT ?= 8000
export DEMO_DATE ?= 2020-10-20
export DJANGO_SETTINGS_MODULE ?= ntm_portal.settings.dev
BIN := .venv/bin
# A stamp is named for what it installed: an environment kept from an older checkout is brought up to date.
RUNTIME := .venv/installed-$(shell cksum < requirements.txt | cut -d' ' -f1)
TOOLS := $(RUNTIME)-dev-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)
MANAGE := $(BIN)/python manage.py

.PHONY: run reset test check bench pins chromium

run: $(RUNTIME)
	@mkdir -p var
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_reference > var/reference.log
	@$(MANAGE) load_demo --until $(DEMO_DATE) --reports
	@$(MANAGE) follow_directives --save
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@echo
	@echo "  Cổng nông thôn mới: http://127.0.0.1:$(PORT)/   (đồng hồ: $(DEMO_DATE); dừng bằng Ctrl-C)"
	@echo "  Tài khoản: quantri, dieuphoi, lanhdao, soyte, konplong; mật khẩu ntm-demo-2020"
	@echo
	@exec $(BIN)/gunicorn ntm_portal.wsgi --bind 127.0.0.1:$(PORT) --workers 1 --threads 8 --no-control-socket --log-level warning

reset:
	rm -rf var/portal.sqlite3 var/portal.sqlite3-wal var/portal.sqlite3-shm var/static
	@echo "Đã xóa dữ liệu; make run sẽ nạp lại từ đầu."

test: $(TOOLS) chromium
	@sh .ci/suite

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(BIN)/mypy --strict criteria/engine
	$(BIN)/bandit --quiet --recursive ntm_portal communes criteria directives reports
	DJANGO_SETTINGS_MODULE=ntm_portal.settings.test $(MANAGE) makemigrations --check --dry-run

bench: $(TOOLS)
	$(BIN)/python -m tests.benchmarks.bench

# Exact versions of everything, from the two .in files.
pins: $(TOOLS)
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

$(RUNTIME): | .venv/bin/python
	@echo "Cài thư viện vào .venv (một lần)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(TOOLS): $(RUNTIME)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
