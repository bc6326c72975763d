"""`make bench`: what the portal costs as its ledger grows, beside yardsticks.

    python -m bench                                      everything; some hours
    python -m bench --sizes 5000,100000 --only summary,dashboard --databases sqlite
    python -m bench --report                             only writes results.md anew

A ledger of each size on SQLite and on a throw-away PostgreSQL, the largest on PostgreSQL alone.
Each has a process of its own; a figure is kept in bench/results.json as soon as it is there, so
that a run that breaks keeps what it has, and the next one replaces what it measures again. A case
that fails is said and the others go on; then it exits 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (5_000, 100_000, 1_000_000, 5_000_000)
POSTGRES_ONLY = 5_000_000  # rows from which on SQLite is not asked
DATABASES = ("sqlite", "postgresql")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    if options.task:
        return _task(options)
    if options.report:
        return _report()
    code = 0
    for database in options.databases:
        if (options.folder / database).exists():
            shutil.rmtree(options.folder / database)
        (options.folder / database).mkdir(parents=True)
        command = [sys.executable, "-m", "bench", *arguments, "--databases", database, "--task"]
        if database == "postgresql":
            command = [sys.executable, str(ROOT / "scripts/postgres.py"), *command]
        folder = options.folder / database
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
        }
        code |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return code | _report()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=_numbers, default=SIZES, help="rows, with commas between")
    parser.add_argument("--only", type=_names, default=(), help="cases, with commas between")
    parser.add_argument("--but", type=_names, default=(), help="cases to leave out")
    parser.add_argument("--databases", type=_names, default=DATABASES)
    parser.add_argument("--report", action="store_true", help="only write results.md anew")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "ledgers")
    parser.add_argument("--task", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace("_", "")) for part in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _report() -> int:
    import django

    django.setup()
    from bench import report, results

    report.write(results.read())
    print(f"{results.FOLDER / 'results.md'}")
    return 0


def _task(options: argparse.Namespace) -> int:
    """One database: the demo once, then each size in a copy of it."""
    import django
    from django.core.management import call_command
    from django.test import override_settings

    django.setup()
    if options.size:
        return _measure(options)
    call_command("migrate", verbosity=0)
    with override_settings(DEBUG=True):  # the demo is for a machine of one's own
        call_command("load_demo", password="mot-mat-khau-de-do", stdout=StringIO())  # noqa: S106
    (database,) = options.databases
    code = 0
    for size in options.sizes:
        if database == "sqlite" and size >= POSTGRES_ONLY:
            continue
        environment = os.environ | {"DATABASE_URL": _copy(database, size)}
        command = [sys.executable, "-m", "bench", *sys.argv[1:], "--size", str(size)]
        code |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        _drop(database, size)
    return code


def _copy(database: str, size: int) -> str:
    """The address of a copy of the demo's database."""
    from django.db import connection

    settings = connection.settings_dict
    if database == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        file = Path(settings["NAME"]).with_name(f"ledger{size}.sqlite3")
        shutil.copyfile(settings["NAME"], file)
        return f"sqlite:///{file}"
    name = f"ledger{size}"
    _on_postgres(settings, f"CREATE DATABASE {name} TEMPLATE {settings['NAME']}")
    return f"postgres://postgres@/{settings['HOST']}/{name}"


def _drop(database: str, size: int) -> None:
    from django.db import connection

    settings = connection.settings_dict
    if database == "sqlite":
        for file in Path(settings["NAME"]).parent.glob(f"ledger{size}.sqlite3*"):
            file.unlink()
    else:
        _on_postgres(settings, f"DROP DATABASE ledger{size} WITH (FORCE)")


def _on_postgres(settings: dict[str, str], statement: str) -> None:
    import psycopg2
    from django.db import connection

    connection.close()
    link = psycopg2.connect(host=settings["HOST"], user="postgres", dbname="postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(statement)
    link.close()


def _measure(options: argparse.Namespace) -> int:
    from bench import environments, ledger
    from bench.scene import Scene

    (database,) = options.databases
    said = environments.add_packages()
    from bench import cases

    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(database, options.size, Path(folder), options.size == min(options.sizes))
        print(f"{database}, {options.size:,}: the ledger is written", flush=True)
        ledger.build(options.size)
        print(f"  {ledger.described()} {said}", flush=True)
        wanted = [
            case
            for case in cases.load_all().values()
            if case.is_for(scene)
            and (not options.only or case.name in options.only)
            and case.name not in options.but
        ]
        return max([int(_one(case, scene)) for case in wanted], default=0)


def _one(case: "object", scene: "object") -> bool:
    """Measure a case and keep what it gave; whether it failed."""
    from bench import results
    from bench.cases import Case
    from bench.scene import Scene

    assert isinstance(case, Case) and isinstance(scene, Scene)
    scene.said.clear()
    figures: dict[str, float] = {}
    try:
        figures = case.measure(scene)
    except Exception as error:  # a case that fails is said, and the others go on
        traceback.print_exc()
        scene.said.append(f"{type(error).__name__}: {str(error)[:300]}")
    result = results.Result(scene.database, scene.size, case.name, figures, [*scene.said])
    results.add(results.stamped(result))
    print(f"  {case.name}: {figures} {' '.join(scene.said)}", flush=True)
    return bool(scene.said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
