"""Addresses of people: sign-in, profile, administration."""

from django.urls import path

from accounts import tokens

urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<str:digest>/revoke/", tokens.token_revoke, name="token-revoke"),
]
