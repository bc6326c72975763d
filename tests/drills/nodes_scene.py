"""Run by test_nodes.py over the drill's own database: who works there, printed as JSON; or, with
`count LIMIT`, as many requests as are let in, of one person at several processes."""

import json
import sys
import time

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


def let_in(limit: int) -> int:
    """Requests that this process lets in of LIMIT, begun when the others do."""
    from accounts.throttling import hit

    hit("warm", "up", 1)
    time.sleep(max(0, 20 - time.time() % 60))  # the others are there by now
    return sum(hit("drill", "somebody", limit) <= limit for _request in range(limit))


if __name__ == "__main__":
    django.setup()
    print(let_in(int(sys.argv[2])) if sys.argv[1:] else json.dumps(people()))
