"""Nothing that only POSIX has is needed when a module is imported, so that Windows can start the command.

No test here runs on Windows: what it lacks is taken away from this Python. Calls inside functions are not covered.
"""

import subprocess
import sys

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
import importlib, pkgutil, sys, types
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
