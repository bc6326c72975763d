"""Addresses of the money: disbursements and plans."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
