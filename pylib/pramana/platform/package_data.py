"""The files that the package carries in pramana/data, wherever the package was imported from."""

from __future__ import annotations

from importlib.resources import files

from pramana.errors import BootError
from pramana.platform.base import check_asset_name

__all__ = ["read_package_data"]


def read_package_data(name: str) -> bytes:
    """Return one file's bytes.

    Raises:
        BootError: the package does not carry it.
    """
    try:
        return files("pramana").joinpath("data", *check_asset_name(name)).read_bytes()
    except (OSError, KeyError) as error:  # KeyError: an archive without it
        raise BootError(
            f"pramana was installed without its file {name}: reinstall it (in a checkout, run ./build.sh kernels)",
            file=name,
        ) from error
