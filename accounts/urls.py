"""Addresses of people: sign-in, profile, administration."""

from django.contrib.auth import views as auth
from django.urls import path

from accounts import letter_list, tokens, views
from accounts.notices import views as notices
from accounts.people import lists as people_list
from accounts.people import views as people_views
from accounts.saved_views import views as saved_views
from accounts.sign_in import passwords
from accounts.sign_in import views as sign_in
from core.services.access import SIGNED_IN, requires

urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<str:digest>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("accounts/login/", sign_in.sign_in, name="login"),
    path("accounts/login/code/", sign_in.check, name="second-factor-check"),
    path("accounts/logout/", requires(SIGNED_IN)(auth.LogoutView.as_view()), name="logout"),
    path("accounts/second-factor/", sign_in.setup, name="second-factor"),
    path("accounts/second-factor/off/", sign_in.switch_off, name="second-factor-off"),
    path("accounts/sessions/", sign_in.sessions, name="sessions"),
    path("accounts/password/", passwords.change, name="password_change"),
    path("accounts/password/forgotten/", passwords.ask, name="password_reset"),
    path("accounts/password/sent/", passwords.asked, name="password_reset_done"),
    path(
        "accounts/password/new/<uidb64>/<token>/", passwords.choose, name="password_reset_confirm"
    ),
    path("accounts/password/done/", passwords.chosen, name="password_reset_complete"),
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/<int:pk>/rename/", saved_views.rename, name="saved-view-rename"),
    path("views/<int:pk>/delete/", saved_views.delete, name="saved-view-delete"),
    path("profile/", views.profile, name="profile"),
    path("profile/delegate/", views.delegate, name="delegate"),
    path("profile/delegate/<int:pk>/end/", views.delegation_revoke, name="delegation-revoke"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:pk>/", notices.open_record, name="notice"),
    path("notices/<int:pk>/read/", notices.read, name="notice-read"),
    path("letters/", letter_list.letter_list, name="letters"),
    path("letters/<int:pk>/again/", letter_list.letter_again, name="letter-again"),
    path("people/", people_list.people, name="people"),
    path("people/new/", people_views.invite, name="person-new"),
    path("people/<int:pk>/", people_views.person, name="person"),
    path("people/<int:pk>/assign/", people_views.grant, name="person-grant"),
    path(
        "people/<int:pk>/assign/<int:assignment>/follow/", people_views.follow, name="person-follow"
    ),
    path("people/<int:pk>/assign/<int:assignment>/end/", people_views.revoke, name="person-revoke"),
    path("people/<int:pk>/activate/", people_views.activate, name="person-activate"),
    path("people/<int:pk>/approver/", people_views.name_approver, name="person-approver"),
    path(
        "people/<int:pk>/approver/<int:named>/end/",
        people_views.end_approver,
        name="person-approver-end",
    ),
    path("people/<int:pk>/invite/", people_views.invite_again, name="person-invite"),
    path("people/<int:pk>/unlock/", people_views.unlock, name="person-unlock"),
    path(
        "people/<int:pk>/second-factor/off/",
        people_views.forget_second_factor,
        name="person-second-factor",
    ),
]
