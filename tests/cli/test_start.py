"""The command starts fast: it imports nothing heavy before it must."""

import subprocess
import sys

HEAVY = {
    "torch",
    "transformers",
    "open_clip",
    "sentence_transformers",
    "sklearn",
    "openai",
    "onnxruntime",
    "numpy",
    "PIL",
    "pydantic",
}


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('MODULES', *sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.rpartition("MODULES")[2].split())


def test_help_imports_little_more_than_typer_and_rich() -> None:
    help_ = (
        "import sys\nsys.argv = ['photosort', '--help']\nfrom photosort.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    loaded = modules_after(help_)
    assert not loaded & HEAVY
    own = {name for name in loaded if name.startswith("photosort")}
    assert own <= {
        "photosort",
        "photosort.__main__",
        "photosort.settings",
        "photosort.settings.choices",
        "photosort.errors",
        "photosort.methods",
        "photosort.methods.questions",
        "photosort.methods.building",
        "photosort.methods.specs",
        "photosort.support",
        "photosort.support.printable",
        "photosort.support.progress",
        "photosort.store",
        "photosort.store.journals",
        "photosort.store.journals.touched",
        "photosort.cli",
        *(
            f"photosort.cli.{name}"
            for name in (
                *("add", "app", "apply", "cache", "complete", "completions", "config", "demo", "doctor", "duplicates"),
                *("evaluate", "explain", "manual", "models", "organize", "past", "refine", "report", "review"),
                *("search", "suggest", "tag", "watch"),
                *("flags", "flags.grouped", "flags.offers", "flags.options", "flags.organize_help"),
                *("flags.organize_options", "sink", "sink.ending", "sink.log_file", "sink.output"),
                *("sink.quantities", "sink.streams"),
            )
        ),
    }


def test_a_module_can_be_run() -> None:
    done = subprocess.run([sys.executable, "-m", "photosort", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("photosort 0.")


def test_the_last_handler_imports_the_standard_library_only() -> None:
    loaded = modules_after("import photosort.__main__, photosort.cli.sink.ending")
    own = {"__main__", "cli", "cli.sink", "cli.sink.ending", "cli.sink.streams", "errors", "store"}
    own |= {"store.journals", "store.journals.touched"}
    own |= {"support", "support.printable"}
    assert {name for name in loaded if name.startswith("photosort")} == {"photosort", *(f"photosort.{n}" for n in own)}
    assert not loaded & {*HEAVY, "typer", "rich", "sqlite3", "json", "pathlib"}
