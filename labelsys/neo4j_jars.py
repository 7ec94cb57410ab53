"""Neo4j's jars: from Maven Central into the cache, once.

Neo4j community is under the GPL and no part of labelsys.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from labelsys.atomic import make_folder
from labelsys.errors import StoreError
from labelsys.progress import Progress, SilentProgress

__all__ = ["VERSION", "find_jars", "need_program"]

VERSION: Final = "5.26.12"
"""Of Neo4j community, a release with long support. Needs Java 17 or 21."""

_FETCH_S = 1800

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>labelsys</groupId>
  <artifactId>neo4j-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j.app</groupId>
      <artifactId>neo4j-server</artifactId>
      <version>VERSION</version>
    </dependency>
    <dependency>
      <groupId>org.neo4j</groupId>
      <artifactId>neo4j</artifactId>
      <version>VERSION</version>
    </dependency>
  </dependencies>
</project>
""".replace("VERSION", VERSION)


def find_jars(cache: Path, progress: Progress | None = None) -> Path:
    """Return the folder with Neo4j's jars, fetched by Maven the first time (150 MB).

    Args:
        cache: the folder is `neo4j/VERSION` below it.
        progress: told that they are fetched.

    Raises:
        StoreError: Maven is not installed, or can't get them.
    """
    folder = cache / "neo4j" / VERSION
    if folder.is_dir():
        return folder
    progress = progress or SilentProgress()
    need_program("mvn", "Maven", "maven")
    progress.start(f"fetching Neo4j {VERSION}")
    make_folder(folder.parent)
    # Beside its place and then renamed: the folder is there whole or not at all.
    with TemporaryDirectory(dir=folder.parent, prefix=".labelsys-fetch-") as temp:
        (Path(temp) / "pom.xml").write_text(_POM, encoding="utf-8")
        _fetch(Path(temp))
        with suppress(OSError):  # another process was quicker
            (Path(temp) / "jars").rename(folder)
    progress.done(f"jars in {folder}")
    return folder


def need_program(program: str, name: str, package: str) -> None:
    """See to it that a program is there.

    Args:
        program: its file's name.
        name: what people call it.
        package: Debian's, which has it.

    Raises:
        StoreError: it is not; the message says how to install it.
    """
    if shutil.which(program) is None:
        msg = f"`{program}` is not installed, and a Neo4j server needs {name}; on Debian: "
        msg += f"apt-get install {package}"
        raise StoreError(msg)


def _fetch(folder: Path) -> None:
    words = ("mvn", "--batch-mode", "--quiet", "--strict-checksums", "dependency:copy-dependencies")
    options = ("-DoutputDirectory=jars", "-DincludeScope=runtime")
    try:
        done = subprocess.run(
            [*words, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_FETCH_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"Maven took longer than {_FETCH_S} s to get Neo4j {VERSION}: try again"
        raise StoreError(msg) from error
    if done.returncode or not (folder / "jars").is_dir():
        told = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
        wrong = [line for line in told.splitlines() if "ERROR" in line] or ["it said nothing"]
        msg = f"Maven can't get Neo4j {VERSION} (exit status {done.returncode}): {wrong[0][:300]}"
        raise StoreError(msg)
