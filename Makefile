# Thin skins over tools/bootstrap.py, which needs nothing but Python 3.11 (make PYTHON=… names another one).
PYTHON ?= python3
BOOT = $(PYTHON) tools/bootstrap.py
DEV = $(BOOT) exec dev
E2E = $(BOOT) exec e2e
# The browser's tests need what only the set e2e installs: only `make e2e` collects them.
NO_BROWSER = --ignore=tests/browser
# a worker that has nothing left takes from the others': tests here last from a millisecond to two minutes
PYTEST = python -m pytest -n auto --dist worksteal
CHECKED = DJANGO_SETTINGS_MODULE=config.settings.test $(E2E) python manage.py

# What Python compiles stays for the next of the hundreds of processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-thorough check test-services coverage e2e messages screens format locks audit search bench-pages bench-feeds bench-registrations bench-desk bench-sending bench-signing bench-scale chaos

help:           ## these lines
	@sed -n 's/^\([a-z0-9-]*\): *## /make \1\t/p' Makefile | expand -t 24

run:            ## set up on first use, then start the site and its worker
	@$(BOOT) run

test:           ## the tests that need nothing but Python
	@$(DEV) $(PYTEST) $(NO_BROWSER) -m "not service and not thorough"

test-thorough:  ## the long searches and large installations that `make test` leaves to `make test-services`
	@$(DEV) $(PYTEST) $(NO_BROWSER) -m "thorough and not service"

check:          ## lint, types, layers, dead code, templates, catalogues, migrations
	@$(E2E) ruff check .
	@$(E2E) ruff format --check .
	@$(E2E) mypy
	@$(E2E) lint-imports
	@$(E2E) python tools/dead_code.py
	@git ls-files '*.py' | grep -v /migrations/ | $(E2E) xargs django-upgrade --check --target-version 5.2
	@git ls-files 'templates/*.html' | $(E2E) xargs djade --check --target-version 5.2
	@$(E2E) djlint --lint --quiet templates
	@$(E2E) python tools/messages.py --check
	@$(CHECKED) makemigrations --check --dry-run
	@$(CHECKED) check --fail-level WARNING

search:         ## new random examples for the tests of properties and for every form: for a night, not for each change
	@HYPOTHESIS_PROFILE=search $(DEV) $(PYTEST) $(NO_BROWSER) -m hypothesis
	@HOSTILE_INPUTS=1000 $(DEV) python tools/services.py $(PYTEST) tests/test_hostile.py

test-services:  ## what a database can change, and what needs services, on real PostgreSQL (ICU, then C.UTF-8) and Redis
	@$(DEV) python tools/services.py $(PYTEST) $(NO_BROWSER) -m "thorough or not no_database"
	@ESCALE_TEST_LOCALE=C.UTF-8 $(DEV) python tools/services.py $(PYTEST) tests/identity

coverage:       ## how much of the code all these tests run, on PostgreSQL and Redis; may not fall
	@$(DEV) python tools/services.py $(PYTEST) $(NO_BROWSER) --cov --cov-report=term:skip-covered

e2e:            ## the pages in Debian's Chromium, with axe
	@$(E2E) $(PYTEST) tests/browser

messages:       ## update the French catalogues (APPS="cycles desk" for some of them)
	@$(DEV) python tools/messages.py $(APPS)

screens:        ## docs/screens/*.png
	@$(E2E) python tools/screens.py

format:         ## lay out Python and templates as `make check` wants them
	@$(DEV) ruff check --fix .
	@$(DEV) ruff format .
	@-git ls-files 'templates/*.html' | $(DEV) xargs djade --target-version 5.2

locks:          ## requirements/*.txt from *.in; UPGRADE=--upgrade takes the newest that the lines allow
	@for set in base dev e2e; do \
	  $(DEV) sh -c "cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE) $$set.in -o $$set.txt" || exit 1; \
	done

audit:          ## known faults in what is locked (asks the network)
	@$(DEV) pip-audit -r requirements/base.txt --disable-pip

bench-pages:    ## ratios against a bare view, see bench/README.md
	@$(DEV) python bench/pages.py

bench-feeds:    ## likewise for calendars
	@$(DEV) python bench/feeds.py

bench-registrations: ## the form against a bare application; the rush for the last places
	@$(DEV) python tools/services.py python bench/registrations.py

bench-desk:     ## the table of 100,000 people against an empty one, and the memory of its exports
	@$(DEV) python tools/services.py python bench/desk.py

bench-sending:  ## mail through the ledger against a bare loop; needs PostgreSQL
	@$(DEV) python bench/sending.py

bench-signing:  ## a room of 40 people who sign within a minute, and their sheet; needs PostgreSQL
	@$(DEV) python tools/services.py python bench/signing.py

bench-scale:    ## a national network beside the demonstration; needs PostgreSQL (BENCH_SHARE=0.1 for a tenth)
	@$(DEV) python bench/scale.py

chaos:          ## 20,000 mails while workers are killed and frozen; needs PostgreSQL and Redis (MAILS=2000 for fewer)
	@$(DEV) python -m tests.faults.chaos --mails $(or $(MAILS),20000)
