"""Nothing that only POSIX has is needed when a module is imported, so that Windows can start the command.

No test here runs on Windows: what it lacks is taken away from this Python. Calls inside functions are not covered.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

POSIX_MODULES = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
POSIX_NAMES = {
    "os": "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK chown fchmod fchown fork geteuid getuid killpg mkfifo pathconf"
    " posix_fadvise pread pwrite sched_getaffinity sendfile setsid statvfs sysconf umask uname wait4",
    "signal": "SIGHUP SIGKILL SIGPIPE SIGTSTP SIGUSR1 pthread_sigmask setitimer sigwait",
    "time": "tzset clock_gettime",
    "select": "poll epoll",
}
CODE = """
import ctypes, importlib, pkgutil, sys, types, unittest.mock
import numpy, PIL.Image, PIL.ImageOps, pydantic_settings, rich.console, typer, httpx2, sklearn, jinja2, http.server
import textual_image.renderable, ssl, tempfile
import subprocess, shutil, multiprocessing.connection, concurrent.futures, platform, getpass, webbrowser
for name in {modules}:
    sys.modules[name] = None
for module, names in {names}.items():
    for name in names.split():
        delattr(importlib.import_module(module), name)
sys.platform, sys.modules["msvcrt"] = "win32", types.ModuleType("msvcrt")
sys.modules["msvcrt"].LK_NBLCK = 2
ctypes.windll = unittest.mock.MagicMock()
import photosort
failed = dict()
for found in pkgutil.walk_packages(photosort.__path__, "photosort."):
    if found.name in ("photosort.__main__", "photosort.wordnet.data") or ".data." in found.name:
        continue
    try:
        importlib.import_module(found.name)
    except Exception as error:
        failed[found.name] = repr(error)
print(len([name for name in sys.modules if name.startswith("photosort.")]), failed)
"""


@pytest.mark.slow
def test_every_module_can_be_imported_without_posix() -> None:
    code = CODE.format(modules=POSIX_MODULES, names=POSIX_NAMES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, _, failed = done.stdout.strip().partition(" ")
    assert (int(count) > 200, failed) == (True, "{}")


def test_every_module_of_tests_can_be_collected_without_posix() -> None:
    tests = Path(__file__).parent
    modules = [path for path in tests.rglob("*.py") if "bench" not in path.relative_to(tests).parts]
    needy = {
        f"{path.relative_to(tests).as_posix()}: {name}"
        for path in modules
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        for name in _imported(statement)
        if name in POSIX_MODULES
    }
    assert len(modules) > 200 and needy == set()


def _imported(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    return [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
