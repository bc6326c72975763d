"""The project's settings for tests: made fast, nothing leaves the machine.

`pytest` loads them (pyproject.toml), and mypy's Django plugin. Databases and folders are set in
conftest.py, where temporary folders are known.
"""

import os

# As a server in use: DEBUG off, which needs a key.
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")

from plan_portal.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": PLAIN_FILES}  # whatever was collected here at some time
WHITENOISE_AUTOREFRESH = True  # else every test client lists all static files before its first page
SLOW_QUERY_MS = 0  # a busy machine's are no news
LOGGING["loggers"]["portal"]["level"] = "WARNING"  # each answer's line is no news in a test
WORK_TASKS = False  # a test works its queue off itself (tests/work_off.py)
CACHES = {"default": chosen.cache("", "sqlite3")}  # in memory: queries of a page are counted
