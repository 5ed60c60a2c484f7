# Thin skins over tools/bootstrap.py, which needs nothing but Python 3.11.
PYTHON ?= python3
BOOT = $(PYTHON) tools/bootstrap.py
DEV = $(BOOT) exec dev
E2E = $(BOOT) exec e2e

.PHONY: run test check test-services e2e messages screens format locks audit bench-pages bench-feeds

run:            ## set up on first use, then start the site and its worker
	@$(BOOT) run

test:           ## everything that needs Python only
	@$(DEV) python -m pytest -n 2 -m "not service and not e2e" --cov --cov-report=term:skip-covered

check:          ## lint, types, layers, templates, catalogues, migrations
	@$(DEV) ruff check .
	@$(DEV) ruff format --check .
	@$(DEV) mypy
	@$(DEV) lint-imports
	@$(DEV) djlint --lint --quiet templates
	@$(DEV) python tools/messages.py --check
	@DJANGO_SETTINGS_MODULE=config.settings.test $(DEV) python manage.py makemigrations --check --dry-run
	@DJANGO_SETTINGS_MODULE=config.settings.test $(DEV) python manage.py check --fail-level WARNING

test-services:  ## the database and fault tests on real PostgreSQL and Redis
	@$(DEV) python tools/services.py python -m pytest -n 2 -m "not e2e"

e2e:            ## the pages in Debian's Chromium, with axe
	@$(E2E) python -m pytest -m e2e

messages:       ## update the French catalogues
	@$(DEV) python tools/messages.py

screens:        ## docs/screens/*.png
	@$(E2E) python tools/screens.py

format:
	@$(DEV) ruff check --fix .
	@$(DEV) ruff format .

locks:          ## requirements/*.txt from *.in
	@for set in base dev e2e; do (cd requirements && ../.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $$set.in -o $$set.txt); done

audit:          ## known faults in what is locked (asks the network)
	@$(DEV) pip-audit -r requirements/base.txt --disable-pip

bench-pages:    ## ratios against a bare view, see bench/README.md
	@$(DEV) python bench/pages.py

bench-feeds:
	@$(DEV) python bench/feeds.py
