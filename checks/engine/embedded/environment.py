"""The environment in which unpacked programs find each other, their libraries and the machine's proxies."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment_of(tools: Path) -> dict[str, str]:
    """For the programs in `tools`, which are installed nowhere.

    iptables has room for 255 characters of the path of an extension, so that one is relative: who runs it, the
    daemon among them, runs in `tools`.
    """
    libraries = sorted(tools.glob("usr/lib/*-linux-gnu*"))
    path = f"{tools}/usr/sbin:{tools}/usr/bin:{tools}/sbin:{os.environ.get('PATH', '')}:{SYSTEM_PATH}"
    found = {"PATH": path, "LD_LIBRARY_PATH": ":".join(map(str, libraries)), "LC_ALL": "C.UTF-8"}
    if extensions := [folder / "xtables" for folder in libraries if (folder / "xtables").is_dir()]:
        found["XTABLES_LIBDIR"] = str(extensions[0].relative_to(tools))
    return {**_inherited(), **found}


def _inherited() -> Mapping[str, str]:
    names = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir", "home")
    return {name: value for name, value in os.environ.items() if name.lower() in names}
