"""How gunicorn serves the portal, whoever starts it: `--config python:plan_portal.serving`.

Its own messages are lines like the portal's (core/web/logs.py), on standard error.
"""

import gc
import os

from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

from core.web.logs import to_stderr

worker_class = "plan_portal.patient.PatientWorker"  # threads that wait for no client (ADR 42)
worker_connections = 400  # open ones of a process, each with a file perhaps: a process has 1,024
control_socket_disable = True
logconfig_dict = to_stderr(os.environ.get("LOG_FORMAT", "") or "json")
logconfig_dict["loggers"]["gunicorn.error"] = {"level": "INFO", "handlers": [], "propagate": True}
# What a browser may send before anything reads it; bodies: MAX_BODY_MB in the settings.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 16380


# What a process has loaded when it begins to serve stays: it is not looked through again for what
# nobody needs any more, which took half of the time of a page full of records.
SELDOM = (20_000, 20, 50)


def post_worker_init(worker: object) -> None:
    """Called in each process that serves, once it has loaded the portal."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def child_exit(server: object, worker: Worker) -> None:
    """What a process that ended has measured still counts."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)
