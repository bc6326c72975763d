"""Addresses of the portal for whoever is not looking at it: readers of letters."""

from django.conf import settings


def link_to(path: str) -> str:
    """The whole address of a page, made of `PORTAL_URL`: the Host of a request is what its sender
    wrote into it, and a letter would carry it to somebody else."""
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"
