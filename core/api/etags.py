"""`ETag` on every answer that is read, 304 when the client has it already.

The tag is a digest of the body itself, so it can never be wrong: it saves the network, on a weak
signal what counts, not the query.
"""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from rest_framework.request import Request


def tag_of(content: bytes) -> str:
    """A strong ETag of a body."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def conditional(request: Request, response: Any) -> Any:
    """The response with its ETag, or 304 to a reader who has it already."""
    if response.status_code not in (200, 201):
        return response
    if getattr(response, "streaming", False):
        patch_cache_control(response, private=True, no_cache=True)
        return response
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.add_post_render_callback(lambda done: _tagged(request, done))
        return response
    return _tagged(request, response)


def _tagged(request: Request, response: HttpResponse) -> Any:
    tag = tag_of(response.content)
    response["ETag"] = tag
    if request.method not in ("GET", "HEAD"):
        return response
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request._request, etag=tag, response=response)
    return answer if answer is not None and answer.status_code == 304 else response
