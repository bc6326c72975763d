"""`ETag` on every answer that is read, 304 when the client has it already.

The tag is a digest of the body itself, so it can never be wrong: it saves the network, on a weak
signal what counts, not the query. Where something stands beside a record that changes without it
(`ResourceSerializer.beside`), the tag has two parts, of the record and of all: a reader is told of
either, a change (`If-Match`) is held against the record alone.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from rest_framework.request import Request


def tag_of(content: bytes) -> str:
    """A strong ETag of a body."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def record_part(tag: str) -> str:
    """Of an ETag the part that is the record's."""
    return f'"{tag.strip(chr(34)).partition(".")[0]}"'


def with_etag(
    request: Request, response: HttpResponseBase, beside: Sequence[str] = ()
) -> HttpResponseBase:
    """A conditional response: with its ETag, or 304 to a reader who has it already."""
    if response.status_code not in (200, 201):
        return response
    if getattr(response, "streaming", False):
        patch_cache_control(response, private=True, no_cache=True)
        return response
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.add_post_render_callback(lambda done: _tagged(request, done, beside))
        return response
    tagged: HttpResponseBase = _tagged(request, response, beside)
    return tagged


def _tagged(request: Request, response: Any, beside: Sequence[str]) -> Any:
    tag = tag_of(response.content)
    data = getattr(response, "data", None)
    if beside and isinstance(data, dict) and set(beside) <= set(data):
        record = {name: value for name, value in data.items() if name not in beside}
        content = response.accepted_renderer.render(record, None, response.renderer_context)
        tag = f"{tag_of(content)[:-1]}.{tag[1:]}"
    response["ETag"] = tag
    if request.method not in ("GET", "HEAD"):
        return response
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request._request, etag=tag, response=response)
    return answer if answer is not None and answer.status_code == 304 else response
