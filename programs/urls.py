"""Addresses of months and years."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
