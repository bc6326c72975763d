"""Addresses of people: sign-in, profile, administration."""

from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from accounts import sign_in, tokens, views
from core.access import SIGNED_IN, public, requires

urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<str:digest>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("accounts/login/", sign_in.sign_in, name="login"),
    path("accounts/login/code/", sign_in.check, name="second-factor-check"),
    path("accounts/logout/", requires(SIGNED_IN)(auth.LogoutView.as_view()), name="logout"),
    path("accounts/second-factor/", sign_in.setup, name="second-factor"),
    path("accounts/second-factor/off/", sign_in.switch_off, name="second-factor-off"),
    path(
        "accounts/password/",
        requires(SIGNED_IN)(auth.PasswordChangeView.as_view(success_url=reverse_lazy("profile"))),
        name="password_change",
    ),
    path(
        "accounts/password/forgotten/",
        public(auth.PasswordResetView.as_view()),
        name="password_reset",
    ),
    path(
        "accounts/password/sent/",
        public(auth.PasswordResetDoneView.as_view()),
        name="password_reset_done",
    ),
    path(
        "accounts/password/new/<uidb64>/<token>/",
        public(auth.PasswordResetConfirmView.as_view()),
        name="password_reset_confirm",
    ),
    path(
        "accounts/password/done/",
        public(auth.PasswordResetCompleteView.as_view()),
        name="password_reset_complete",
    ),
    path("profile/", views.profile, name="profile"),
    path("profile/delegate/", views.delegate, name="delegate"),
    path("profile/delegate/<int:pk>/end/", views.delegation_revoke, name="delegation-revoke"),
    path("people/", views.people_list, name="people"),
    path("people/new/", views.invite, name="person-new"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/assign/", views.grant, name="person-grant"),
    path("people/<int:pk>/assign/<int:assignment>/end/", views.revoke, name="person-revoke"),
    path("people/<int:pk>/activate/", views.activate, name="person-activate"),
    path("people/<int:pk>/invite/", views.invite_again, name="person-invite"),
    path(
        "people/<int:pk>/second-factor/off/",
        views.forget_second_factor,
        name="person-second-factor",
    ),
]
