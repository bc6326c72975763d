"""Every address declares who may open it, and the declaration is what happens."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from rest_framework.test import APIClient

from accounts import roles
from accounts.roles import PERMISSIONS, VIEW, Role
from core.services.access import PUBLIC, SIGNED_IN
from tests import factories as make

pytestmark = pytest.mark.any_database  # a permission is asked before anything else

# Views of libraries that declare no permission of ours, each with its reason.
EXCEPTIONS = {
    "admin/": "Django's admin asks for is_staff, which no role of the portal gives",
    "api/v1/schema/": "shapes, no data: client generators read it before there is a token",
    "api/v1/docs/": "a page without data that shows the schema",
}
# What anybody may open, signed in or not.
PUBLIC_ADDRESSES = {
    "accounts/login/",
    "accounts/login/code/",  # the second step of signing in
    "accounts/password/forgotten/",
    "accounts/password/sent/",
    "accounts/password/new/<uidb64>/<token>/",  # the link of a letter
    "accounts/password/done/",
    "i18n/setlang/",
    "theme/",
    "manifest.webmanifest",  # the installed portal, without data
    "sw.js",
    "offline/",
    "help/",  # the guide: no data
    "help/<slug:name>/",
    "healthz",  # words for a load balancer, no data
    "readyz",
    "metrics",  # by a token, or for this machine: plan_portal/tests/test_status.py
    "shared/<slug:key>/",  # by a key of one summary: reports/tests/test_shared.py
    "shared/<slug:key>.csv",
    "shared/<slug:key>.xlsx",
    "design/",  # 404 unless DEBUG is on
    r"api/v1/^[\s\S]*/$",  # the 404 of an address that the API does not have
}
# Writes that declare only the right to see the record, because more than the role decides.
SERVICE_DECIDES = {
    "post_": "whoever has the right or had it delegated",
    "return_": "as post_",
    "reverse": "as post_",
    "post_many": "as post_",
    "return_many": "as post_",
    "approve": "as post_",
    "finish": "whoever it is assigned to",
    "verify": "whoever asked for it",
    "read": "whose notice it is",
    "read_all": "as read",
}
WRITES = {"post", "put", "patch", "delete"}
NAMES = {value for name, value in vars(roles).items() if name.isupper() and isinstance(value, str)}


def patterns(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        elif not any(address.startswith(prefix) for prefix in EXCEPTIONS):
            yield address, entry


EVERY = dict(patterns())
PAGES = {a: e for a, e in EVERY.items() if not hasattr(e.callback, "cls")}
API = {a: e for a, e in EVERY.items() if hasattr(e.callback, "cls")}


def declared(entry: URLPattern) -> set[str]:
    """The names a page declares: any one of them is enough."""
    return set(filter(None, getattr(entry.callback, "permission", "").split(" | ")))


def _view(entry: URLPattern) -> Any:
    callback: Any = entry.callback
    return callback.cls


def example(address: str) -> str:
    """An address of this pattern: a number, a year or a word where one is wanted."""
    address = address.replace("^", "").replace("$", "").replace("\\.", ".")
    address = re.sub(r"\(\?P<\w+>(\w+)\|[^)]*\)", r"\1", address.replace("[.]", "."))
    address = re.sub(r"\(\?P<\w+>[^)]*\)", "1", address)
    address = re.sub(r"<int:\w+>", "1", address)
    address = re.sub(r"<\w+:(code|year)>", "2023", address)
    address = re.sub(r"<(\w+:)?program>", "GBV", address)
    return "/" + re.sub(r"<[^>]+>", "x", address)


def test_the_walk_finds_the_portal():
    assert {"", "accounts/login/", "disbursements/<int:pk>/post/"} <= set(PAGES)
    assert {"api/v1/summary/", "api/v1/^disbursements/$"} <= set(API)


def test_every_exception_is_still_needed():
    known = [address for address, _entry in _all(get_resolver())]
    for prefix in EXCEPTIONS:
        assert any(address.startswith(prefix) for address in known), prefix


def _all(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _all(entry, address)
        else:
            yield address, entry


def test_a_page_declares_permissions_that_exist():
    assert len(PAGES) > 250
    for address, entry in PAGES.items():
        names = declared(entry)
        assert names, f"{address} declares no permission: see core.access"
        assert names <= NAMES | {PUBLIC, SIGNED_IN}, address


def test_an_api_view_declares_permissions_for_each_action():
    assert len(set(API) - PUBLIC_ADDRESSES) > 150
    for address in set(API) - PUBLIC_ADDRESSES:
        callback: Any = API[address].callback
        view, actions = callback.cls, getattr(callback, "actions", None)
        table = getattr(view, "permissions", {})
        for method, action in (actions or dict.fromkeys(view().allowed_methods)).items():
            wanted = table.get(action) or getattr(view, "permission", ())
            wanted = {wanted} if isinstance(wanted, str) else set(wanted)
            assert wanted, f"{address} {action} declares no permission"
            assert wanted <= NAMES, f"{address} {action}"
            if actions and method in WRITES and action not in SERVICE_DECIDES:
                assert VIEW not in wanted, f"{address} {action}: to see is not to write"


def test_the_public_addresses_are_these():
    public = {a for a, entry in PAGES.items() if PUBLIC in declared(entry)}
    public |= {a for a, e in API.items() if _view(e).permission == PUBLIC}
    assert public == PUBLIC_ADDRESSES


def test_nothing_but_the_public_pages_opens_for_who_is_not_signed_in(client, reference):
    for address in set(PAGES) - PUBLIC_ADDRESSES:
        for method in (client.get, client.post):
            response = method(example(address))
            if not is_led_above(response, example(address)):
                assert response["Location"].startswith("/accounts/login/?next="), address


def is_led_above(response, address):
    """Whether an address that only takes forms leads to a page above it (core.middleware)."""
    if response.status_code == 405:  # to a post: it only shows
        return response.request["REQUEST_METHOD"] == "POST"
    above = response.get("Location", address)
    return response.status_code == 302 and above != address and address.startswith(above)


def test_the_api_answers_401_to_who_has_no_token(reference):
    client = APIClient()
    for address in set(API) - PUBLIC_ADDRESSES:
        for method in (client.get, client.post, client.patch, client.delete):
            assert method(example(address)).status_code in (401, 405), address


@pytest.mark.parametrize("role", Role.values)
def test_a_page_refuses_each_role_that_its_permissions_leave_out(client, reference, role):
    client.force_login(make.somebody(role))
    for address, entry in PAGES.items():
        names = declared(entry)
        if names & (PERMISSIONS[role] | {PUBLIC, SIGNED_IN}):
            continue
        for method in (client.get, client.post):
            response = method(example(address))
            assert response.status_code == 403 or is_led_above(response, example(address)), address


@pytest.mark.parametrize("role", Role.values)
def test_the_api_refuses_each_role_that_its_permissions_leave_out(reference, role):
    client = APIClient()
    client.force_authenticate(make.somebody(role))
    for address, entry in API.items():
        view, actions = _view(entry), getattr(entry.callback, "actions", {})
        for method, action in list(actions.items()):  # a call adds HEAD
            wanted = view.permissions.get(action) or view.permission
            wanted = {wanted} if isinstance(wanted, str) else set(wanted)
            if not wanted & PERMISSIONS[role]:
                response = getattr(client, method)(example(address), {}, format="json")
                assert response.status_code == 403, (address, action)


def test_nobody_of_the_cast_enters_the_admin(client, cast):
    for person in cast.everybody():
        client.force_login(person)
        assert client.get("/admin/").status_code == 302
