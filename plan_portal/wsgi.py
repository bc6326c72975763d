import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
application = get_wsgi_application()

from core.services import clock  # noqa: E402 - there are apps now
from tasks.server import keep_working  # noqa: E402

clock.begin()
keep_working()
