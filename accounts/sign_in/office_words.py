"""Words of this portal and of the offices that use it: a password made of them is soon guessed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.values.text import fold

# Without accents and spaces; docs/security.md says that they are here.
WORDS = (
    *("plan", "portal", "kehoach", "giaingan", "ngansach", "chuongtrinh", "duan", "taichinh"),
    *("ketoan", "quanly", "quantri", "dieuphoi", "truongban", "canbo", "hoatdong", "taphuan"),
    *("matkhau", "password", "admin", "vietnam", "tinh", "huyen", "phuong", "thon"),
    *("uyban", "ubnd"),
)
LEAST = 6  # letters and digits of one's own, beside such words


class NoOfficeWords:
    """A validator of passwords, as Django's."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse what is hardly more than such words and a number or two."""
        plain = re.sub(r"[\W_]", "", fold(password))
        own = re.sub("|".join(sorted(WORDS, key=len, reverse=True)), "", plain)
        if own != plain and len(own) < LEAST:
            raise ValidationError(self.get_help_text(), code="office_words")

    def get_help_text(self) -> str:
        """Also Django's name."""
        return _("A password needs more than words of the portal and the office, and a number.")
