"""Pages of other origins that may read the API (CORS): those of settings.CORS_ALLOWED_ORIGINS."""

from corsheaders.conf import conf
from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest

READS = ("GET", "HEAD", "OPTIONS")


class Cors(CorsMiddleware):
    """django-cors-headers, silent while no origin is named; what writes tells no other origin."""

    def is_enabled(self, request: HttpRequest) -> bool:
        is_asked = bool(conf.CORS_ALLOWED_ORIGINS) and request.method in READS
        return is_asked and super().is_enabled(request)
