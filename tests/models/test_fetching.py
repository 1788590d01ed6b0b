"""Bringing models: a small hub on the loopback interface, asked by the real library in a process of its own."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import tiny_models

from photosort.errors import SettingsError
from photosort.models.catalogue import CAPTIONERS, ENCODERS
from photosort.models.fetching import sources_for

REPOSITORY = "Salesforce/blip-image-captioning-base"
WEIGHTS = b"safetensors" * 5000
MAIN, OFFERED = "a" * 40, "b" * 40


class Hub:
    """What a hub says of one repository: revision -> file -> content. `asked` has every path.

    refused  a part of the paths that it answers with this status and these headers
    renamed  a former name of the repository, from which it leads to the present one
    """

    def __init__(self) -> None:
        self.address = ""
        self.repository = REPOSITORY
        self.asked: list[str] = []
        self.revisions: dict[str, dict[str, bytes]] = {}
        self.offers: list[dict[str, object]] = []
        self.refused: tuple[str, int, dict[str, str]] | None = None
        self.renamed = "nothing/yet"

    def commit(self, revision: str) -> str:
        return {"main": MAIN, "refs/pr/3": OFFERED}.get(revision, revision)

    def files(self, revision: str) -> dict[str, bytes]:
        names = {MAIN: "main", OFFERED: "refs/pr/3"}
        return self.revisions.get(names.get(revision, revision), {})

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        if self.refused and self.refused[0] in path:
            return self.refused[1], self.refused[2], b"{}"
        if f"/{self.renamed}/" in path:
            return 307, {"Location": path.replace(self.renamed, self.repository)}, b"{}"
        path = path.partition("?")[0].replace("%2F", "/")
        api = f"/api/models/{self.repository}"
        if path == f"{api}/discussions":
            return 200, {}, json.dumps({"discussions": self.offers, "count": len(self.offers), "start": 0}).encode()
        if path.startswith(f"{api}/revision/"):
            revision = path.removeprefix(f"{api}/revision/")
            if not self.files(revision):
                return 404, {"X-Error-Code": "RevisionNotFound"}, b"{}"
            siblings = [{"rfilename": name} for name in self.files(revision)]
            return (
                200,
                {},
                json.dumps({"id": self.repository, "sha": self.commit(revision), "siblings": siblings}).encode(),
            )
        if path.startswith(f"{api}/tree/"):
            revision = path.removeprefix(f"{api}/tree/")
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                for name, content in self.files(revision).items()
            ]
            return 200, {}, json.dumps(tree).encode()
        if path.startswith(f"/{self.repository}/resolve/"):
            given = path.removeprefix(f"/{self.repository}/resolve/")
            revision, _, name = given.partition("/") if given.startswith(MAIN) else given.rpartition("/")
            content = self.files(revision)[name]
            headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": self.commit(revision)}
            return 200, headers, content
        return 404, {"X-Error-Code": "RepoNotFound"}, b"{}"


@pytest.fixture
def hub() -> Iterator[Hub]:
    scripted = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = scripted.answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scripted.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield scripted
        server.shutdown()
        thread.join()


def pull(name: str, hub: Hub, home: Path, *, start: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Pull a model from the hub; `start` is the program that does it where that is not the command."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", **more}
    command = [sys.executable, *(["-c", start] if start else ["-m", "photosort", "models", "pull", name])]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_only_safetensors_and_configurations_are_fetched(hub: Hub, tmp_path: Path) -> None:
    wanted = {"config.json": b"{}", "model.safetensors": WEIGHTS, "vocab.txt": b"a"}
    hub.revisions["main"] = wanted | {"pytorch_model.bin": b"pickle", "README.md": b"#", "evil.py": b"import os"}
    done = pull("blip", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"blip: 0 MB from {hub.address}/{REPOSITORY}" in done.stderr
    snapshot = tmp_path / "hub" / f"models--{REPOSITORY.replace('/', '--')}" / "snapshots" / MAIN
    assert {path.name: path.read_bytes() for path in snapshot.iterdir()} == wanted
    asked = len(hub.asked)
    again = pull("blip", hub, tmp_path)
    assert (again.returncode, len(hub.asked)) == (0, asked), "what is there is not asked for"


def test_a_packaged_profile_needs_no_hub(hub: Hub, tmp_path: Path) -> None:
    done = pull("builtin", hub, tmp_path)
    assert (done.returncode, done.stderr, hub.asked) == (
        0,
        "builtin needs no download: its models come with the installation\n",
        [],
    )


def test_the_hubs_conversion_to_safetensors_is_taken(hub: Hub, tmp_path: Path) -> None:
    hub.repository = "microsoft/git-large-coco"
    offer = {
        "num": 3,
        "title": "Adding `safetensors` variant of this model",
        "author": {"name": "SFconvertbot"},
        "status": "open",
        "isPullRequest": True,
        "createdAt": "2024-01-01T00:00:00.000Z",
        "repo": {"name": hub.repository, "type": "model"},
    }
    hub.revisions["main"] = {"config.json": b"{}", "pytorch_model.bin": b"pickle"}
    none = pull("git-large-coco", hub, tmp_path)
    assert none.returncode == 7 and f"{hub.repository} has no model.safetensors" in none.stderr
    hub.offers = [{**offer, "num": 2, "author": {"name": "somebody"}}, offer]
    hub.revisions["refs/pr/3"] = {"config.json": b"{}", "model.safetensors": WEIGHTS}
    done = pull("git-large-coco", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert OFFERED in done.stderr
    assert f"{hub.repository} (refs/pr/3, the hub's own conversion)" in done.stderr


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the repository of BLIP holds, with tiny weights: a pickle and small files."""
    import torch
    from safetensors.torch import load_file

    folder = tiny_models.blip(tmp_path_factory.mktemp("blip"))
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


PIN = CAPTIONERS["blip"].checkpoint


def converted(commit: str) -> Path:
    cache = Path(os.environ["PHOTOSORT_CACHE_DIR"])
    return cache / "models" / "converted" / REPOSITORY.replace("/", "--") / commit


@pytest.mark.slow
def test_a_checkpoint_whose_commit_is_gone_is_converted_from_the_main_branch(
    hub: Hub, tmp_path: Path, checkpoint: dict[str, bytes]
) -> None:
    hub.revisions["main"] = checkpoint
    done = pull("blip", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "comes only as a pickle" in done.stderr and "its SHA-256 is not known; it is converted" in done.stderr
    folder = converted(MAIN)
    assert f"blip is in {folder}" in done.stderr and (folder / "model.safetensors").is_file()
    origin = json.loads((folder / "converted-from.json").read_text())
    assert origin["sha256"] == hashlib.sha256(checkpoint["pytorch_model.bin"]).hexdigest()
    assert list(tmp_path.rglob("*.bin")) == [] and not any(
        path.stat().st_size == len(checkpoint["pytorch_model.bin"]) for path in tmp_path.rglob("blobs/*")
    ), "what was fetched to be converted is not kept twice"
    asked = len(hub.asked)
    assert (pull("blip", hub, tmp_path).returncode, len(hub.asked)) == (0, asked), "what is there is not asked for"


@pytest.mark.slow
def test_the_known_checkpoint_is_taken_from_its_commit(hub: Hub, tmp_path: Path, checkpoint: dict[str, bytes]) -> None:
    """The catalogue's digest is replaced by that of the tiny weights, in the process that pulls."""
    assert PIN is not None
    hub.revisions = {"main": {"config.json": b"{}", "pytorch_model.bin": b"another"}, PIN.revision: checkpoint}
    known = hashlib.sha256(checkpoint["pytorch_model.bin"]).hexdigest()
    start = (
        "from dataclasses import replace; from photosort.models import catalogue as c;"
        f"pin = replace(c.CAPTIONERS['blip'].checkpoint, sha256={known!r});"
        "c.CAPTIONERS['blip'] = replace(c.CAPTIONERS['blip'], checkpoint=pin);"
        "import sys; from photosort.__main__ import main; sys.argv = ['photosort', 'models', 'pull', 'blip']; main()"
    )
    done = pull("blip", hub, tmp_path, start=start)
    assert done.returncode == 0, done.stderr
    assert f"{REPOSITORY} ({PIN.revision[:12]})" in done.stderr
    assert f"its SHA-256 is checked ({known[:12]}…)" in done.stderr
    assert (converted(PIN.revision) / "model.safetensors").is_file()


@pytest.mark.slow
def test_another_checkpoint_at_the_known_commit_is_refused(
    hub: Hub, tmp_path: Path, checkpoint: dict[str, bytes]
) -> None:
    assert PIN is not None
    hub.revisions = {"main": checkpoint, PIN.revision: checkpoint}
    done = pull("blip", hub, tmp_path)
    assert done.returncode == 8 and f"expected SHA-256 {PIN.sha256}" in done.stderr
    assert not converted(PIN.revision).exists()


@pytest.mark.slow
def test_safetensors_on_the_main_branch_go_before_the_checkpoint(
    hub: Hub, tmp_path: Path, checkpoint: dict[str, bytes]
) -> None:
    assert PIN is not None
    hub.revisions = {"main": {**checkpoint, "model.safetensors": WEIGHTS}, PIN.revision: checkpoint}
    done = pull("blip", hub, tmp_path)
    assert done.returncode == 0 and "pickle" not in done.stderr and MAIN in done.stderr
    none = pull("blip-itm", hub, tmp_path)
    assert none.returncode == 2 and "Salesforce/blip-itm-base-coco" in none.stderr


@pytest.mark.slow
def test_a_repository_without_any_weights_is_one_clear_line(hub: Hub, tmp_path: Path) -> None:
    hub.revisions["main"] = {"config.json": b"{}"}
    none = pull("blip", hub, tmp_path)
    assert none.returncode == 7 and none.stderr.count("\n") == 1
    assert f"{REPOSITORY} has no model.safetensors and no pytorch_model.bin" in none.stderr


TOKENS = {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}
PREPARED = {"config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json"}
SHARDS = {f"model-0000{number}-of-00002.safetensors" for number in (1, 2)}
RELEASED = {
    "blip2-flan-t5-xl": (
        {*PREPARED, *TOKENS, *SHARDS, "added_tokens.json", "spiece.model", "model.safetensors.index.json"},
        {"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", ".gitattributes"},
    ),
    "clip": (
        {*TOKENS, "config.json", "merges.txt", "vocab.json", "open_clip_config.json", "open_clip_model.safetensors"},
        {"open_clip_pytorch_model.bin", "pytorch_model.bin"},
    ),
    "siglip2": (
        {*TOKENS, "open_clip_config.json", "open_clip_model.safetensors"},
        {"open_clip_pytorch_model.bin", ".gitattributes"},
    ),
    "llava-onevision": (
        {*PREPARED, *TOKENS, "chat_template.json", "model.safetensors", "video_processor/preprocessor_config.json"},
        {"onnx/vision_encoder.onnx", "llava_onevision_arch.png"},
    ),
}
"""What some of the listed repositories hold on their main branch: what is needed of it, and what is not."""


@pytest.mark.slow
@pytest.mark.parametrize("name", RELEASED)
def test_of_the_released_repositories_what_is_needed_is_fetched(hub: Hub, tmp_path: Path, name: str) -> None:
    hub.repository = {**CAPTIONERS, **ENCODERS}[name].repository
    wanted, left = RELEASED[name]
    index = json.dumps({"weight_map": {shard: shard for shard in SHARDS}}).encode()
    hub.revisions["main"] = {file: index if file.endswith("index.json") else b"{}" for file in wanted | left}
    done = pull(name, hub, tmp_path)
    assert done.returncode == 0, done.stderr
    snapshot = tmp_path / "hub" / f"models--{hub.repository.replace('/', '--')}" / "snapshots" / MAIN
    assert {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()} == wanted


def test_weights_for_open_clip_are_fetched_if_present(hub: Hub, tmp_path: Path) -> None:
    hub.repository = "somebody/clip"
    wanted = {"config.json": b"{}", "open_clip_config.json": b"{}", "open_clip_model.safetensors": WEIGHTS}
    hub.revisions["main"] = wanted | {"model.safetensors": b"for transformers"}
    done = pull("hf:somebody/clip", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    snapshot = tmp_path / "hub" / "models--somebody--clip" / "snapshots" / MAIN
    assert {path.name for path in snapshot.iterdir()} == set(wanted)
    asked = len(hub.asked)
    again = pull("hf:somebody/clip", hub, tmp_path)
    assert (again.returncode, len(hub.asked)) == (0, asked) and str(snapshot) in again.stderr


@pytest.mark.slow
def test_a_hub_out_of_reach_is_one_clear_line(hub: Hub, tmp_path: Path) -> None:
    gone = pull("hf:nobody/nothing", hub, tmp_path)
    assert gone.returncode == 2 and "hf:nobody/nothing" in gone.stderr and gone.stderr.count("\n") == 1
    offline = pull("blip", hub, tmp_path, HF_HUB_OFFLINE="1")
    assert offline.returncode == 7 and "HF_HUB_OFFLINE is set" in offline.stderr
    hub.address = "http://127.0.0.1:9"
    off = pull("blip", hub, tmp_path)
    assert off.returncode == 7 and "cannot be fetched" in off.stderr and off.stderr.count("\n") == 1


API, FILES = f"/api/models/{REPOSITORY}", f"/{REPOSITORY}/resolve/"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "status", "headers", "code", "said"),
    [
        (
            FILES,
            401,
            {"X-Error-Code": "GatedRepo"},
            7,
            f"asks for an account. Accept its terms at HUB/{REPOSITORY}, then",
        ),
        (
            FILES,
            403,
            {"X-Error-Code": "GatedRepo"},
            7,
            f"asks for an account. Accept its terms at HUB/{REPOSITORY}, then",
        ),
        (
            API,
            401,
            {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Invalid username or password."},
            2,
            "is not at HUB",
        ),
        (API, 404, {"X-Error-Code": "RepoNotFound"}, 2, "is not at HUB"),
        (
            API,
            401,
            {"X-Error-Message": "Invalid credentials in Authorization header"},
            7,
            "Set HF_TOKEN to a token that is",
        ),
        (API, 403, {"X-Error-Message": "Access to this resource is disabled."}, 7, f"disabled). See HUB/{REPOSITORY}."),
        (API, 404, {"X-Error-Code": "RevisionNotFound"}, 7, f"(404 Not Found). See HUB/{REPOSITORY}."),
        (API, 503, {}, 7, "(503 Service Unavailable). Run it again later."),
    ],
)
def test_what_the_hub_does_not_give_is_one_clear_line(
    hub: Hub, tmp_path: Path, part: str, status: int, headers: dict[str, str], code: int, said: str
) -> None:
    """As huggingface.co answers: whoever asks may list the files of a gated repository, and is refused at the first."""
    hub.revisions["main"] = {"config.json": b"{}", "model.safetensors": WEIGHTS}
    hub.refused = (part, status, headers)
    done = pull("blip", hub, tmp_path)
    assert done.returncode == code and done.stderr.count("\n") == 1, done.stderr
    assert said.replace("HUB", hub.address) in done.stderr


def test_a_renamed_repository_is_followed_and_found_again(hub: Hub, tmp_path: Path) -> None:
    hub.repository, hub.renamed = "somebody/else", REPOSITORY
    hub.revisions["main"] = {"config.json": b"{}", "model.safetensors": WEIGHTS}
    done = pull("blip", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    asked = len(hub.asked)
    assert (pull("blip", hub, tmp_path).returncode, len(hub.asked)) == (0, asked)


def test_profiles_and_names_stand_for_models(tmp_path: Path) -> None:
    assert [source.name for source in sources_for("paper", tmp_path)] == ["blip", "clip"]
    assert sources_for("builtin", tmp_path) == ()
    assert sources_for("st:all-mpnet-base-v2", tmp_path)[0].repository == "sentence-transformers/all-mpnet-base-v2"
    assert sources_for("open_clip:hf-hub:timm/x", tmp_path)[0].weights == "open_clip_model"
    assert sources_for(f"hf:{REPOSITORY}", tmp_path)[0].name == "blip"
    (clip,) = sources_for("hf:timm/vit_base_patch32_clip_224.openai", tmp_path)
    assert (clip.name, clip.weights) == ("clip", "open_clip_model")
    with pytest.raises(SettingsError, match=r"'server:x' is on a server\. Choose one of: builtin, fast"):
        sources_for("server:x", tmp_path)
