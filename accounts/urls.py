"""Addresses of people: sign-in, profile, administration."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
