from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.utils import timezone


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Django's own would save the user, and so write a line into the trail at every sign-in.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(note_sign_in, dispatch_uid="note_sign_in")
        from accounts.sign_in import failed, told

        user_logged_in.connect(told.signed_in, dispatch_uid="tell_of_a_sign_in")
        user_logged_out.connect(told.signed_out, dispatch_uid="tell_of_a_sign_out")
        user_login_failed.connect(failed.tell, dispatch_uid="tell_of_a_failed_sign_in")


def note_sign_in(sender: object, user: Model, request: object = None, **kwargs: object) -> None:
    """Remember when somebody signed in last; the hours of the session begin anew."""
    if (session := getattr(request, "session", None)) is not None:
        session.pop("until", None)  # accounts.sign_in.sessions.UNTIL
    type(user)._base_manager.filter(pk=user.pk).update(last_login=timezone.now())
