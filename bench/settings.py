"""The portal as a server in use; one program may ask as fast as it is answered."""

import os

os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1")

from plan_portal.settings import *

API_RATES = dict.fromkeys(("read", "write", "address", "refused", "shared", "pages"), 10**9)
WORK_TASKS = False
SLOW_QUERY_FILE = Path(MEDIA_ROOT) / "slow-queries.jsonl"
LOGGING["loggers"]["portal"]["level"] = "WARNING"  # each answer's line goes nowhere here
