"""Run by test_nodes.py over the drill's own database: who works there, printed as JSON."""

import json

import django


def people() -> dict[str, dict[str, str]]:
    from accounts.roles import Role
    from accounts.services import create_token
    from tests import factories as make

    make.reference()
    make.activity()
    found = {"clerk": make.somebody(), "manager": make.somebody(Role.MANAGER)}
    found["other"] = make.somebody(Role.ADMIN)
    return {
        "tokens": {name: create_token(user=person)[1] for name, person in found.items()},
        "names": {name: person.username for name, person in found.items()},
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(people()))
