"""A summary asked for over the API, and held against a made-up ledger (see `ledger_scene`)."""

from datetime import date
from typing import Any

from rest_framework.test import APIClient

from reports.tests.ledger_scene import Ask, Scene

URL = "/api/v1/summary/"
FIGURES = ("planned", "disbursed", "pending", "balance", "rate", "planned_to_date", "rate_to_date")


def fetch(client: APIClient, ask: Ask) -> tuple[dict[str, Any], dict[tuple, dict[str, Any]]]:
    """Total and rows by key of the API's answer; no key comes twice."""
    response = client.get(URL, ask.parameters())
    assert response.status_code == 200, response.content
    body = response.json()
    rows = {}
    for row in body["rows"]:
        if "commune" in ask.by:
            row["commune"] = (row["commune"], date.fromisoformat(row["commune_valid_from"]))
        key = tuple(row[name] for name in ask.key_names)
        assert key not in rows
        rows[key] = {name: row[name] for name in FIGURES}
    return body["total"], rows


def holds(client: APIClient, scene: Scene, ask: Ask) -> None:
    """The answer is the one that the plain facts give."""
    total, rows = fetch(client, ask)
    assert (total, rows) == scene.answer(ask), ask
