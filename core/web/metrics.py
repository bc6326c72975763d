"""Measurements for Prometheus, by its own library: how long requests took.

Several server processes measure into one folder (`PROMETHEUS_MULTIPROC_DIR`, scripts/serve.sh), so
that whichever is asked answers for all of them.
"""

import os

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

OWN = CollectorRegistry()
REQUESTS = Histogram(
    "portal_request_seconds",
    "How long answers took, by method, address pattern and status.",
    ["method", "route", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=OWN,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def took(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, route, str(status)).observe(seconds)


def registry() -> CollectorRegistry:
    """What all server processes have measured."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OWN
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)
    return everybody
