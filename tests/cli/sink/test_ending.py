"""However the command ends, it says why in one line, whether files were touched, and with an exit code of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from photosort.__main__ import main
from photosort.cli.sink import ending, streams
from photosort.errors import PhotosortError, StoreDamaged
from photosort.store.journals.touched import FILES, NOTHING, Files

COMMANDS = [
    "--version",
    "--help",
    "",
    "organize --help",
    "completions bash",
    "runs",
    "runs --json",
    "models",
    "explain",
]
OUTLETS = [">/dev/full", ">&-"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="a POSIX shell, and its signals")]


def shell(line: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `photosort` in a line of bash."""
    program = f'photosort() {{ "{sys.executable}" -m photosort "$@"; }}; set -o pipefail; {line}'
    done = subprocess.run(
        ["bash", "-c", program],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("buffering", ["", "1"])
@pytest.mark.parametrize("outlet", OUTLETS)
@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_is_lost_is_said_in_one_line(command: str, outlet: str, buffering: str) -> None:
    code, out, err = shell(f"photosort {command} {outlet}", PYTHONUNBUFFERED=buffering)
    assert out == "" and err.count("\n") == 1
    if command == "explain":  # it has nothing to explain, which needs no output
        assert (code, err.startswith("photosort: Nothing has been organized yet")) == (10, True)
    else:
        assert (code, err.startswith("photosort: Standard output cannot be written (")) == (19, True)
        assert NOTHING in err


@pytest.mark.parametrize("buffering", ["", "1"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_has_read_enough_ends_it_in_silence(command: str, buffering: str) -> None:
    code, out, err = shell(f"photosort {command} | true", PYTHONUNBUFFERED=buffering)
    if command == "explain":
        assert (code, out, err.count("\n")) == (10, "", 1)
    else:
        assert (code, out, err) == (0, "", "")


def test_the_first_line_of_much_is_enough() -> None:
    code, out, err = shell("photosort completions bash | head -1")
    assert (code, out.count("\n"), err) == (0, 1, "")


@pytest.mark.parametrize("outlet", [*OUTLETS, "| true"])
def test_a_failure_that_json_cannot_report_goes_to_stderr(outlet: str) -> None:
    code, out, err = shell(f"photosort undo --json {outlet}")
    assert (code, out, err.count("\n")) == (10, "", 1)
    assert "nothing to undo" in err


@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-", "2>&- >&- <&-"])
def test_the_exit_code_tells_where_nothing_can_be_said(errors: str) -> None:
    assert shell(f"photosort undo 7 {errors}") == (10, "", "")


def test_an_error_is_dropped_if_stderr_is_closed() -> None:
    assert shell("photosort undo 7 --json 2>&-")[1].startswith("{")
    assert shell("photosort undo 7 2>&-")[1] == ""


def test_no_file_gets_the_number_of_a_closed_stream() -> None:
    program = (
        "from photosort.cli.sink import ending\nending.begin()\nimport os, sys\n"
        "number = os.open(sys.executable, os.O_RDONLY)\nassert number > 2, number"
    )
    done = subprocess.run(["bash", "-c", f"'{sys.executable}' -c '{program}' <&- >&- 2>&-"], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("arguments", [["runs"], ["models", "--json"], ["--help"]], ids=" ".join)
def test_a_signal_at_any_moment_of_the_start_is_one_line(arguments: list[str]) -> None:
    program = "from photosort.__main__ import main\nprint('started', flush=True)\nmain()"
    stopped = 0
    for step in range(15):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout and process.stdout.readline() == "started\n"
        time.sleep(0.015 * step)
        process.send_signal((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[step % 3 if step > 5 else 0])
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            assert err == ""
            continue
        stopped += 1
        assert process.returncode == 130
        if "--json" in arguments:
            assert (json.loads(out)["error"]["kind"], err) == ("Interrupted", "")
        else:
            assert err.startswith(f"photosort: Stopped. {NOTHING}") and err.count("\n") == 1
    assert stopped > 1


def test_a_program_that_ignores_hangup_keeps_doing_so() -> None:
    code, out, err = shell(
        "trap '' HUP; exec bash -c 'kill -HUP $$; exec \"$0\" -m photosort --version' " + sys.executable
    )
    assert (code, err) == (0, "") and out.startswith("photosort")


def test_a_stop_that_is_lost_in_a_callback_comes_again() -> None:
    program = (
        "from photosort.cli.sink import ending\nending.begin()\nimport os, signal, time\n"
        "class Careless:\n    def __del__(self): os.kill(os.getpid(), signal.SIGINT)\n"
        "try:\n    Careless()\n    time.sleep(60)\n    print('slept')\nexcept KeyboardInterrupt:\n    print('stopped')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def broken(tmp_path: Path, library: str, text: str) -> dict[str, str]:
    (tmp_path / library).mkdir()
    (tmp_path / library / "__init__.py").write_text(text)
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}


@pytest.mark.parametrize(
    ("library", "text", "package"),
    [
        ("typer", "raise ImportError('libfoo.so.1: cannot open shared object file')", "typer"),
        ("rich", "from nowhere import nothing", "nowhere"),
        ("rich", "def (", "rich"),
        ("pydantic", "", "pydantic"),
        ("pydantic_settings", "raise RuntimeError('made for another version')", "pydantic-settings"),
        ("platformdirs", "raise OSError(5, 'Input/output error')", "platformdirs"),
        ("platformdirs", "raise SystemExit(3)", "platformdirs"),
    ],
)
def test_a_broken_library_is_named_with_the_pip_command(tmp_path: Path, library: str, text: str, package: str) -> None:
    code, out, err = shell("photosort runs", **broken(tmp_path, library, text))
    assert (code, out, err.count("\n")) == (21, "", 1)
    command = f"{sys.executable} -m pip install --force-reinstall {package}"
    assert err.startswith("photosort: The library ") and err.endswith(f"{NOTHING} Install it again: {command}\n")


def test_programs_hear_of_a_broken_library_as_json(tmp_path: Path) -> None:
    code, out, err = shell("photosort runs --json", **broken(tmp_path, "typer", "raise ImportError"))
    assert (code, json.loads(out)["error"]["kind"], err) == (21, "LibraryBroken", "")


def test_too_little_memory_has_its_own_exit_code(tmp_path: Path) -> None:
    code, _, err = shell("photosort runs", **broken(tmp_path, "platformdirs", "raise MemoryError"))
    assert (code, err.count("\n")) == (22, 1)
    assert err.startswith(f"photosort: There is too little memory. {NOTHING}")


@pytest.mark.parametrize(
    "error", ["ZeroDivisionError('x')", "RecursionError", "UnicodeEncodeError('ascii', 'é', 0, 1, 'x')"]
)
def test_a_bug_is_one_line_and_its_traceback_is_kept(tmp_path: Path, error: str) -> None:
    text = f"class Path: pass\nPlatformDirs = Path\ndef user_config_path(*a, **b): raise {error}\n"
    text += "user_data_path = user_cache_path = user_config_path\n"
    code, out, err = shell("photosort runs", TMPDIR=str(tmp_path), **broken(tmp_path, "platformdirs", text))
    assert (code, out, err.count("\n")) == (23, "", 1)
    [kept] = tmp_path.glob("photosort-*.txt")
    assert err.startswith(f"photosort: A bug of photosort, or of a library ({error.partition('(')[0]}")
    assert err.endswith(f"{NOTHING} The traceback is in {kept}\n")
    assert kept.read_text().startswith("Traceback") and kept.stat().st_mode & 0o77 == 0


def test_what_typer_would_keep_to_itself_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(shell: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("photosort.cli.completions.script", stop)
    monkeypatch.setattr(sys, "argv", ["photosort", "completions", "bash"])
    with pytest.raises(SystemExit, match="130"):
        main()
    assert capsys.readouterr().err.startswith(f"photosort: Stopped. {NOTHING}")


def test_whatever_an_import_makes_of_ctrl_c_it_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending.END, "asked", True)
    assert ending.failure_of(ImportError("numpy.core.multiarray failed to import")).exit_code == 130


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("applying", "Finish it: photosort resume 3. Or take it back: photosort undo 3"),
        ("done", "Run 3 is filed; photosort undo 3 takes it back."),
        ("undoing", "Go on: photosort undo 3"),
        ("undone", "Run 3 was undone."),
    ],
)
def test_every_sudden_end_says_how_far_the_files_were_touched(
    monkeypatch: pytest.MonkeyPatch, state: str, said: str
) -> None:
    files = Files()
    monkeypatch.setattr(ending, "FILES", files)
    monkeypatch.setattr("photosort.cli.sink.faults.FILES", files)
    files.turned(3, state)
    for error in (
        KeyboardInterrupt(),
        MemoryError(),
        OSError(5, "Input/output error"),
        StoreDamaged("It is damaged", "Hm."),
    ):
        assert said in str(ending.failure_of(error)), error
    assert str(ending.failure_of(PhotosortError("It broke", "Look."))) == "It broke. Look."


def test_a_new_process_has_touched_nothing() -> None:
    assert Files().so_far == NOTHING
    assert isinstance(FILES, Files)


class Full(io.RawIOBase):
    """Takes two bytes at a time, up to ten."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:
        if len(self.taken) >= 10:
            raise OSError(28, "No space left on device")
        self.taken += bytes(content[:2])
        return len(content[:2])


def test_an_outlet_remembers_that_more_was_lost() -> None:
    raw = Full()
    outlet = streams.Outlet(raw)
    out = io.TextIOWrapper(io.BufferedWriter(outlet), "utf-8")
    out.write("0123456789")
    out.flush()
    assert (raw.taken, outlet.lost) == (b"0123456789", "")
    for _ in range(3):
        out.write("more")
        out.flush()
    assert outlet.lost == "No space left on device"


def test_a_pipe_that_does_not_wait_is_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys, time; time.sleep(.2); print(len(sys.stdin.read()))"],
        stdin=reader,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.close(reader)
    with io.FileIO(writer, "w") as raw:
        outlet = streams.Outlet(raw)
        with io.BufferedWriter(outlet) as out:
            out.write(b"x" * 300_000)
    assert (process.communicate()[0], outlet.lost) == ("300000\n", "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_every_encoding_shows_what_is_said_readably(encoding: str) -> None:
    streams.secure()
    text = "é → … “x” \udcff ±"
    raw = text.encode(encoding, streams.READABLE).decode(encoding)
    plain = {
        "ascii": '\\xe9 -> ... "x" \\udcff +-',
        "latin-1": 'é -> ... "x" \\udcff ±',
        "cp1252": "é -> … “x” \\udcff ±",
    }
    assert raw == plain.get(encoding, "é → … “x” \\udcff ±")


@pytest.mark.parametrize("command", ["--help", "organize --help", "models", "completions zsh", "runs", "nonsense"])
def test_a_locale_of_few_letters_is_no_reason_to_fail(command: str) -> None:
    code, out, err = shell(f"photosort {command}", LC_ALL="C", PYTHONUTF8="0")
    usual = shell(f"photosort {command}", LC_ALL="C.UTF-8")
    assert (code, err) == (usual[0], usual[2])
    assert out.isascii() and len(out.splitlines()) == len(usual[1].splitlines())
