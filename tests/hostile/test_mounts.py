"""Containers that replace a path that another one mounts, or that the grader reads, builds or writes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from checks.outcomes import CheckFailed

Boot = Callable[..., Any]
SECRET = {"api_key": {"file": "./secrets/api_key"}}


def swap(place: str, witness: Any) -> str:
    """A link to the host's own in the place of what is there, however that can be put aside."""
    return (
        f"t(os.remove, '{place}'); t(os.rmdir, '{place}'); t(os.rename, '{place}', '{place}.old')\n"
        f"t(os.symlink, '{witness.file}', '{place}')"
    )


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ("./data:/d", "./data/inner:/i"),
        (".:/d", "./data/inner:/i"),
        ("./data:/d", "./data/../data/inner/:/i:ro"),
        ("./data:/d", "./models/../data//inner/deep:/i"),
        (".:/d", "./models/model.pkl:/i:ro"),
        ({"type": "bind", "source": "./data", "target": "/d"}, "./data/inner:/i"),
        ("./data:/d", {"type": "bind", "source": "data/inner", "target": "/i", "read_only": True}),
    ],
)
def test_a_mount_in_what_another_service_writes_to(refused: Boot, writer: Any, reader: Any) -> None:
    services = {
        "w": {"build": ".", "volumes": [writer], "command": "true"},
        "api": {"build": ".", "volumes": [reader], "depends_on": ["w"]},
    }
    why = refused(services)
    assert "may write to one of them" in why.actual
    assert why.file == "lab_compose/compose.yaml"


def test_the_same_through_extends_in_the_file(refused: Boot) -> None:
    services = {
        "base": {"build": ".", "volumes": ["./data:/d"]},
        "api": {"extends": {"service": "base"}, "volumes": ["./data/inner:/i"]},
    }
    assert "may write to one of them" in refused(services).actual


@pytest.mark.parametrize("folder", [".", "./secrets", "secrets/../secrets"])
def test_a_secret_in_a_folder_that_is_written_to(refused: Boot, folder: str) -> None:
    api = {
        "build": ".",
        "volumes": [{"type": "bind", "source": folder, "target": "/s"}],
        "secrets": ["api_key"],
    }
    assert "`secrets/api_key` lies in" in refused({"api": api}, secrets=SECRET).actual


def test_a_config_in_a_folder_that_is_written_to(refused: Boot) -> None:
    api = {"build": ".", "volumes": ["./monitoring:/m"], "configs": ["c"]}
    configs = {"c": {"file": "./monitoring/prometheus.yml"}}
    assert "`monitoring/prometheus.yml` lies in" in refused({"api": api}, configs=configs).actual


def test_a_secret_whose_file_is_mounted_writable(boot: Boot, script: Any, witness: Any) -> None:
    """A mount cannot be put aside from inside; its text may change, as it would with Compose."""
    look = "t(read, '/run/secrets/api_key'); t(read, '/s')"
    api = {
        "build": ".",
        "volumes": ["./secrets/api_key:/s"],
        "secrets": ["api_key"],
        "command": script(swap("/s", witness), look),
    }
    boots = boot({"api": api}, secrets=SECRET)
    assert boots.said["api"].count(boots.booted.key) >= 2
    assert witness.word not in boots.said["api"]


def test_the_root_of_a_mount_cannot_be_swapped(boot: Boot, script: Any, witness: Any, after: Any) -> None:
    attack = script(swap("/data", witness))
    look = script("t(os.listdir, '/data'); t(read, '/data'); t(read, '/data/word')")
    services = {
        "w": {"build": ".", "volumes": ["./data:/data"], "command": attack, "restart": "on-failure:3"},
        "api": after("w", {"volumes": ["./data:/data"], "command": look}),
    }
    boots = boot(services)
    assert "listdir /data -> []" in boots.said["api"]
    assert witness.word not in boots.said["api"]


@pytest.mark.parametrize("volume", ["./data:/data", "named:/data"])
def test_a_link_in_a_mount_leads_nowhere(
    boot: Boot, script: Any, witness: Any, volume: str, after: Any
) -> None:
    attack = script(f"t(os.symlink, '{witness.folder}', '/data/inner')")
    look = script("t(read, '/data/inner/word'); t(write, '/data/inner/new')")
    services = {
        "w": {"build": ".", "volumes": [volume], "command": attack},
        "api": after("w", {"volumes": [volume], "command": look, "restart": "on-failure:2"}),
    }
    boots = boot(services, volumes={"named": {}})
    assert "FileNotFoundError" in boots.said["api"]
    assert witness.word not in boots.said["api"]


def test_a_part_of_a_volume_is_not_mounted(refused: Boot) -> None:
    mount = {"type": "volume", "source": "v", "target": "/v", "volume": {"subpath": "a"}}
    why = refused({"api": {"build": ".", "volumes": [mount]}}, volumes={"v": {}})
    assert "subpath" in why.actual


def test_copies_of_a_service_share_a_mount_and_nothing_else(boot: Boot, script: Any, witness: Any) -> None:
    attack = script(
        f"t(os.symlink, '{witness.file}', '/data/' + os.uname().nodename)",
        "t(os.listdir, '/data'); [t(read, '/data/' + name) for name in os.listdir('/data')]",
    )
    api = {"build": ".", "volumes": ["./data:/data"], "command": attack, "deploy": {"replicas": 2}}
    assert witness.word not in boot({"api": api}).said["api"]


def test_the_whole_folder_rewritten(boot: Boot, script: Any, witness: Any) -> None:
    """The Dockerfile, the file, `.env`, the model, the secret: of a copy, all of them, and none is read again."""
    names = ["Dockerfile", "compose.yaml", ".env", "models/model.pkl", "secrets/api_key", "app/main.py"]
    swaps = [f"t(os.remove, '/w/{name}'); t(os.symlink, '{witness.file}', '/w/{name}')" for name in names]
    api = {"build": {"context": ".", "args": {"A": "b"}}, "volumes": [".:/w"], "command": script(*swaps)}
    boots = boot({"api": api}, dockerfile="FROM python:3.12-slim\nARG A\nRUN echo $A > /a\n")
    boots.booted.contents()
    (image,) = boots.booted.images.built.values()
    assert boots.facts["api"]["Config"]["Image"] == image.reference
    with pytest.raises(CheckFailed), boots.booted.swapped(b"no model"):
        pass


@pytest.mark.parametrize("thing", ["os.mkfifo", "os.mkdir", "os.symlink"])
def test_something_else_in_the_place_of_the_model(boot: Boot, script: Any, witness: Any, thing: str) -> None:
    new = f"'{witness.file}', '/m/model.pkl'" if thing == "os.symlink" else "'/m/model.pkl'"
    attack = script("t(os.remove, '/m/model.pkl')", f"t({thing}, {new})")
    boots = boot({"api": {"build": ".", "volumes": ["./models:/m"], "command": attack}})
    with pytest.raises(CheckFailed, match="where it was"), boots.booted.swapped(b"no model"):
        pass


def test_memory_over_a_secret(boot: Boot, script: Any, witness: Any) -> None:
    api = {
        "build": ".",
        "secrets": ["api_key"],
        "tmpfs": ["/run/secrets"],
        "command": script(
            f"t(os.remove, '/run/secrets/api_key'); t(os.symlink, '{witness.file}', '/run/secrets/api_key')",
            "t(read, '/run/secrets/api_key')",
        ),
    }
    assert witness.word not in boot({"api": api}, secrets=SECRET).said["api"]


@pytest.mark.parametrize("target", ["/proc/1", "/proc/self/fd", "/sys/fs/cgroup", "/dev/null", "/etc/hosts"])
def test_a_mount_where_the_kernel_has_its_own(boot: Boot, script: Any, target: str) -> None:
    """Refused by the engine, or of no use: never an error of the grader's."""
    api = {"build": ".", "volumes": [f"./data:{target}"], "command": script("t(os.listdir, '/')")}
    with suppress(CheckFailed):
        boot({"api": api})


def test_three_thousand_folders_in_each_other(boot: Boot, script: Any) -> None:
    """And one that nobody may read; all are gone afterwards."""
    attack = script(
        "os.makedirs('/data/locked/inner'); os.chmod('/data/locked/inner', 0); os.chmod('/data/locked', 0)",
        "os.chdir('/data')",
        "for _ in range(3000): os.mkdir('d'); os.chdir('d')",
        "print('made')",
    )
    boots = boot({"api": {"build": ".", "volumes": ["./data:/data"], "command": attack}})
    assert "made" in boots.said["api"] or "FileExistsError" in boots.said["api"]


@pytest.mark.parametrize("added", [{}, {"cap_add": ["MKNOD"]}])
def test_a_device_in_the_place_of_the_model(boot: Boot, script: Any, added: Any) -> None:
    """The grader writes there: with a device of this machine it would write to that."""
    make = "t(os.remove, '/m/model.pkl'); t(os.mknod, '/m/model.pkl', 0o20666, os.makedev(1, 3))"
    api = {"build": ".", "volumes": ["./models:/m"], "command": script(make), **added}
    said = boot({"api": api}).said["api"]
    assert "mknod" in said
    assert "PermissionError" in said
