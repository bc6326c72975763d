"""What becomes of a plan version, told to those that point at it: proposals are in another app."""

from django.dispatch import Signal

plan_approved = Signal()  # plan, actor
plan_joined = Signal()  # plan, into, actor
plan_dropped = Signal()  # plan, actor, why: it was set aside
