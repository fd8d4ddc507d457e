"""All checks of the project: ``nox`` runs the usual ones, ``nox -s NAME`` one of them, and ``.ci/run`` all.

Environments are created with uv if it is installed, else with venv and pip.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

ROOT = Path(__file__).parent
PINNED = ("-c", "constraints.txt")
PYTEST = ("python", "-m", "pytest", "-q", "-n", "auto")  # with -m, worker processes find the modules of tests
RETIRED_WORDS = ("-D", ".codespell/retired.txt")
SPELLED = ("noxfile.py", "src", "docs", "rules", "data")
REFERENCE = ROOT.parent / "shared/reference/check"

nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["lint", "types", "layers", "docs", "tests"]


def _supported_pythons() -> dict[str, str]:
    """One interpreter for each version from 3.11 up on this machine: the running one, those on the PATH, and pyenv's."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = ["python3", "/usr/bin/python3", *(f"python3.{minor}" for minor in range(11, 20))]
    found: dict[str, str] = {}
    for name in (sys.executable, *names, *map(str, sorted(versions.glob("3.*/bin/python")))):
        code = "import sys; print('.'.join(map(str, sys.version_info[:3])) if sys.version_info >= (3, 11) else '')"
        try:
            ran = subprocess.run([name, "-c", code], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        if version := ran.stdout.strip():
            found.setdefault(version, name)
    return found


def _readme_command(heading: str) -> str:
    """The first code block under a heading of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(rf"^#+ *{heading} *$(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    block = section and re.search(r"^```\w*\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
    if not block:
        raise ValueError(f"README.md has no code block under {heading}")
    return block[1]


def _copy_tracked_files(folder: Path) -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, os.fsdecode(names).split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


def _install_chromium(session: nox.Session) -> None:
    """Install Chromium from Debian if it is missing and this is root; what needs it is left out otherwise."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            session.run("apt-get", "update", "-qq", external=True, success_codes=range(256))
            packages = ("--no-install-recommends", "chromium", "chromium-driver")
            session.run("apt-get", "install", "-y", "-qq", *packages, external=True, success_codes=range(256))
        else:
            session.warn("there is no Chromium with its driver, so what needs it is left out")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after -- go to pytest."""
    session.install(*PINNED, "-e", ".[test]")
    session.run(*PYTEST, *session.posargs)


@nox.session(venv_backend="none")
@nox.parametrize("python_path", [nox.param(path, id=version) for version, path in _supported_pythons().items()])
def readme(session: nox.Session, python_path: str) -> None:
    """Run both commands of the README, quick start and tests, in a copy of the tracked files with one Python."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "asnforge")
        _copy_tracked_files(folder)
        (folder / "bin").mkdir()
        (folder / "bin/python3").symlink_to(shutil.which(python_path) or python_path)
        environment = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        session.chdir(folder)
        for heading in ("Quick start", "Tests"):
            session.run("bash", "-euo", "pipefail", "-c", _readme_command(heading), env=environment, external=True)
        if not list((folder / "out").glob("*_asn.json")):
            session.error("the quick start wrote no associations")


@nox.session
def lint(session: nox.Session) -> None:
    """Check format, style and spelling, and the citation file."""
    session.install(*PINNED, "codespell", "ruff")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    documents = [str(path) for path in ROOT.glob("*.md")]
    session.run("codespell", "-D", "-", *RETIRED_WORDS, *SPELLED, *documents)
    session.run("codespell", *RETIRED_WORDS, "tests")  # without the common misspellings, which tests need
    session.install("cffconvert==2.0.0")
    session.run("cffconvert", "--validate")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install(*PINNED, "-e", ".[test,lint,docs,browser]", "nox")
    session.run("mypy")
    session.run("mypy", "noxfile.py")
    session.run("mypy", "docs/conf.py", "docs/_extensions")


@nox.session
def layers(session: nox.Session) -> None:
    """Check that imports follow the layers of the architecture."""
    session.install(*PINNED, "-e", ".", "import-linter")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Check the documentation: links, anchors, commands, generated references."""
    session.install(*PINNED, "-e", ".[test]")
    session.run(*PYTEST, "tests/project")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation site without a network or a warning, in build/site or in the folder after --."""
    _install_chromium(session)
    output = Path(session.posargs[0] if session.posargs else "build/site").resolve()
    session.install(*PINNED, "-e", ".[docs]")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "asnforge")
        _copy_tracked_files(folder)
        session.chdir(folder)
        strict = ("-W", "--keep-going", "-q", "-t", "pictures")
        session.run("python", "-m", "sphinx", "-c", "docs", "-b", "html", *strict, ".", str(output))


@nox.session
def pictures(session: nox.Session) -> None:
    """Make the pictures of the documentation in docs/pictures."""
    session.install(*PINNED, "-e", ".[docs]")
    session.run("python", "docs/_extensions/pictures.py")


@nox.session
def browser(session: nox.Session) -> None:
    """Try the pages of reports, and of the site if it was built, in Chromium.

    It is installed from Debian if this is root; otherwise its tests are skipped.
    """
    _install_chromium(session)
    session.install(*PINNED, "-e", ".[test,browser]")
    session.run("python", "-m", "pytest", "-q", "-m", "browser", "tests/browser", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the source distribution and from it the wheel, and use the wheel outside of the checkout, also as a tool."""
    folder = Path(session.create_tmp()).resolve()
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(folder))
    (built,) = folder.glob("*.whl")
    session.install(str(built))
    shutil.copy(ROOT / "data/programme_pool.tsv", folder)
    session.chdir(folder)
    session.run("asnforge", "generate", "programme_pool.tsv", "-o", "out")
    session.run("asnforge", "validate", "out")
    session.run("asnforge", "rules", "check")
    session.run("asnforge", "report", "programme_pool.tsv", "-o", "report.html")
    if _digests(folder / "out") != _digests(ROOT / "data/expected/programme_pool"):
        session.error("the installed wheel generates other associations than data/expected/programme_pool")
    _install_as_tool(session, built)


def _install_as_tool(session: nox.Session, built: Path) -> None:
    """Install the wheel by pipx and by uv tool, from an index with nothing else, and use the command that each installs."""
    session.install("pipx", "uv")
    folder = built.parent
    page = folder / "index/asnforge/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<!DOCTYPE html><a href="{built.as_uri()}">{built.name}</a>\n', encoding="utf-8")
    index, pins = (folder / "index").as_uri(), str(ROOT / "constraints.txt")
    tools = {
        "pipx": ("pipx", "install", "--pip-args", f"--extra-index-url {index} -c {pins}", "asnforge"),
        "uv": ("uv", "tool", "install", "--index", index, "--constraints", pins, "asnforge"),
    }
    for name, command in tools.items():
        home, programs = str(folder / name), folder / f"{name}-bin"
        variables = {f"PIPX_{kind}": home for kind in ("HOME", "MAN_DIR")} | {"UV_TOOL_DIR": home}
        variables |= dict.fromkeys(("PIPX_BIN_DIR", "UV_TOOL_BIN_DIR"), str(programs))
        session.run(*command, env=variables)
        session.run(str(programs / "asnforge"), "rules", "check", external=True)


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.json")}


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest version of each dependency that pyproject.toml allows."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    extras = project["optional-dependencies"]
    pins = Path(session.virtualenv.location, "lowest.txt")  # create_tmp would move the temporary folder of the tests
    pins.write_text("\n".join(_lowest([*project["dependencies"], *extras["distributed"], *extras["test"]])))
    session.install("-c", str(pins), "-e", ".[test]")
    session.run(*PYTEST)


def _lowest(requirements: Iterable[str]) -> list[str]:
    return [re.sub(r"\s*>=\s*", "==", requirement) for requirement in requirements if ">=" in requirement]


@nox.session
def newest(session: nox.Session) -> None:
    """Run the tests with the newest versions of the dependencies; .ci/constraints puts them into constraints.txt."""
    session.install("--upgrade", "-e", ".[test]")
    session.run(*PYTEST)


@nox.session
def peer(session: nox.Session) -> None:
    """Compare with jwst, which is installed into its own environment."""
    environment = Path(session.virtualenv.location, "jwst").resolve()
    session.run("python", "-m", "venv", str(environment))
    python = str(environment / "bin/python")
    session.run(python, "-m", "pip", "install", "--quiet", "jwst==3.0.0", external=True)
    session.install(*PINNED, "-e", ".[test]")
    session.run(*PYTEST, "-m", "peer", env={"ASNFORGE_PEER_PYTHON": python})


@nox.session
def reference(session: nox.Session) -> None:
    """Compare with the reference pools, if they are next to the checkout."""
    if not REFERENCE.exists():
        session.skip(f"{REFERENCE} does not exist")
    session.install(*PINNED, "-e", ".")
    modes = ("--mode", "default", "--mode", "candidates", "--mode", "discover")
    session.run(str(REFERENCE), *modes, "--command", shutil.which("asnforge", path=session.bin) or "", external=True)
