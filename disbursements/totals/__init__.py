"""Totals kept beside the ledger (ADR 41): `keeping.py` adds them up, `reading.py` asks."""
