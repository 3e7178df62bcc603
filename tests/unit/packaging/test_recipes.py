"""What goes into installers agrees with the program, and is what the systems expect."""

from __future__ import annotations

import ast
import configparser
import json
import plistlib
import re
import shutil
import struct
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import command_tree
import icons
import info
import manual
import pytest
import trim
import version

from albumdedup import __version__
from albumdedup.__main__ import COMMANDS
from albumdedup.cli.exits import Exit

ROOT = Path(__file__).resolve().parents[3]
LINUX, WINDOWS, MACOS = (ROOT / "packaging" / name for name in ("linux", "windows", "macos"))
METAINFO = LINUX / "org.albumdedup.AlbumDeduplicator.metainfo.xml"


def entries(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(LINUX / name, encoding="utf-8")
    return parser


def check(*command: str | Path) -> None:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- Linux ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("albumdedup.desktop", "Desktop Entry"),
        ("find-duplicate-photos.desktop", "Desktop Action findDuplicatePhotos"),
        ("find-duplicate-photos.nemo_action", "Nemo Action"),
    ],
)
def test_entries_start_the_program_with_folders_and_speak_chinese(file: str, section: str) -> None:
    entry = entries(file)[section]
    assert entry["Exec"] == "albumdedup %F"
    assert entry["Name[zh_CN]"]
    assert (entry.get("Icon") or entry["Icon-Name"]) == "albumdedup"


def test_the_actions_of_folders_are_for_folders() -> None:
    words = "Find duplicate photos here"
    assert entries("albumdedup.desktop")["Desktop Entry"]["MimeType"] == "inode/directory;"
    kde = entries("find-duplicate-photos.desktop")
    assert kde["Desktop Entry"]["MimeType"] == "inode/directory;"
    assert kde["Desktop Action findDuplicatePhotos"]["Name"] == words
    nemo = entries("find-duplicate-photos.nemo_action")["Nemo Action"]
    assert (nemo["Name"], nemo["Extensions"]) == (words, "dir;")
    nautilus = (LINUX / "find_duplicate_photos.py").read_text(encoding="utf-8")
    assert words in nautilus
    ast.parse(nautilus)


def test_software_centres_are_told_this_version_in_both_languages() -> None:
    root = ElementTree.parse(METAINFO).getroot()
    assert root.findtext("id") == info.IDENTIFIER
    assert METAINFO.name == f"{info.IDENTIFIER}.metainfo.xml"
    assert root.findtext("launchable") == "albumdedup.desktop"
    newest = root.find("releases/release")
    assert newest is not None
    assert newest.get("version") == __version__
    told = [e.get("{http://www.w3.org/XML/1998/namespace}lang") for e in root.iter("p")]
    told += [e.get("{http://www.w3.org/XML/1998/namespace}lang") for e in root.iter("li")]
    assert told.count(None) == told.count("zh_CN") > 3


def test_appstream_has_no_complaint() -> None:
    check("appstreamcli", "validate", "--no-net", METAINFO)


def test_the_desktop_entry_is_valid() -> None:
    check("desktop-file-validate", LINUX / "albumdedup.desktop")


@pytest.mark.parametrize("script", [LINUX / "appimage.sh", MACOS / "sign.sh"], ids=lambda p: p.name)
def test_shell_scripts_are_sound(script: Path) -> None:
    check("sh", "-n", script)
    if shutil.which("shellcheck"):
        check("shellcheck", script)


# --- manual and completion --------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    manual.write(folder)
    return folder


@pytest.mark.parametrize(
    "file",
    [
        "man/man1/albumdedup.1",
        "bash-completion/completions/albumdedup",
        "zsh/site-functions/_albumdedup",
        "fish/vendor_completions.d/albumdedup.fish",
    ],
)
def test_every_command_and_option_is_named(shared: Path, file: str) -> None:
    text = (shared / file).read_text(encoding="utf-8").replace("\\-", "-")
    known = command_tree.everything(command_tree.program())
    assert {command.path[0] for command in known[1:]} == COMMANDS
    for command in known[1:]:
        assert re.search(rf"(?<![\w-]){command.name}(?![\w-])", text), command.path
        for option in command.options:
            flag = option.flags[-1]
            written = flag if "fish" not in file else f"-l {flag.removeprefix('--')}"
            assert written in text or flag == "--help", (command.path, flag)


def test_the_manual_tells_every_exit_code(shared: Path) -> None:
    page = (shared / "man/man1/albumdedup.1").read_text(encoding="utf-8")
    told = page.partition(".SH EXIT STATUS")[2].partition(".SH ENVIRONMENT")[0]
    assert re.findall(r"^\.B (\d+)$", told, re.MULTILINE) == [str(int(code)) for code in Exit]


def test_bash_completes_commands_options_and_values(shared: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    script = shared / "bash-completion/completions/albumdedup"

    def completed(*words: str) -> set[str]:
        asked = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(
            ["bash", "-uc", f"source '{script}'; COMP_WORDS=({asked}); "
             f"COMP_CWORD={len(words) - 1}; "
             "_albumdedup 2>&1; printf '%s\\n' \"${COMPREPLY[@]}\""],
            capture_output=True, text=True, cwd=shared, check=True,
        )  # fmt: skip
        return set(done.stdout.split())

    assert completed("albumdedup", "not") == {"not-duplicates"}
    assert completed("albumdedup", "clean", "--ap") == {"--apply"}
    assert completed("albumdedup", "report", "--format", "") == {"json", "csv", "html"}
    assert completed("albumdedup", "vectors", "mo") == {"move"}
    assert completed("albumdedup", "scan", "zs") == {"zsh"}


def test_the_manual_is_well_set(shared: Path) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    page = shared / "man/man1/albumdedup.1"
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", page], capture_output=True, encoding="utf-8"
    )
    assert done.stderr == ""


# --- Windows and macOS ------------------------------------------------------------------


def test_windows_is_asked_for_long_paths_and_told_the_version() -> None:
    manifest = ElementTree.parse(WINDOWS / "albumdedup.manifest")
    told = {element.tag.rsplit("}")[-1]: element.text for element in manifest.iter()}
    assert told["longPathAware"] == "true"
    ast.parse(version.resource(), mode="eval")
    assert f"'FileVersion', '{__version__}'" in version.resource()


def test_the_installer_of_windows_compiles(tmp_path: Path) -> None:
    """With empty programs in place of the bundle."""
    payload = tmp_path / "payload"
    (payload / "_internal").mkdir(parents=True)
    for name in ("albumdedup.exe", "albumdedupw.exe", "_internal/python3.dll"):
        (payload / name).write_bytes(b"MZ")
    icon = tmp_path / "albumdedup.ico"
    icon.write_bytes(icons.ico({16: icons.rendered(16)}))
    check(
        "makensis", "-V2", "-WX", f"-DVERSION={__version__}", f"-DBUNDLE={payload}",
        f"-DICON={icon}", f"-DOUT={tmp_path / 'AlbumDeduplicator.exe'}",
        WINDOWS / "albumdedup.nsi",
    )  # fmt: skip


def test_the_installer_of_windows_removes_only_what_it_brought() -> None:
    script = (WINDOWS / "albumdedup.nsi").read_text(encoding="utf-8")
    removed = re.findall(r"^\s*(?:RMDir|Delete)\b(.*)$", script, re.MULTILINE)
    assert {line.strip() for line in removed} == {
        '/r "$INSTDIR\\_internal"', '"$INSTDIR"', '"$INSTDIR\\albumdedup.exe"',
        '"$INSTDIR\\albumdedupw.exe"', '"$INSTDIR\\uninstall.exe"', '"$SMPROGRAMS\\${NAME}.lnk"',
    }  # fmt: skip


def test_macos_is_told_the_version_and_why_folders_are_read() -> None:
    told = plistlib.loads(plistlib.dumps(info.info(__version__)))
    assert told["CFBundleShortVersionString"] == told["CFBundleVersion"] == __version__
    assert sum(name.endswith("UsageDescription") for name in told) == 5
    rights = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert all(rights.values())


def test_icons_hold_their_pictures() -> None:
    png = icons.rendered(32)
    head = struct.unpack("<HHHBBBBHHII", icons.ico({32: png})[:22])
    assert head == (0, 1, 1, 32, 32, 0, 0, 1, 32, len(png), 22)
    packed = icons.icns({b"icp5": png})
    assert packed[:4] == b"icns"
    assert struct.unpack(">I", packed[4:8])[0] == len(packed)
    assert packed.endswith(png)


# --- what is inside ---------------------------------------------------------------------


def test_everything_that_is_needed_is_named_with_its_licence() -> None:
    rows = json.loads((ROOT / "resources" / "third-party.json").read_text(encoding="utf-8"))
    named = {re.sub(r"[-_.]+", "-", row["name"]).lower() for row in rows}
    assert all(row["licence"] and "UNKNOWN" not in row["licence"] for row in rows)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for words in (*project["dependencies"], *extras["raw"], *extras["serve"]):
        name = re.match(r"[\w-]+", words)
        assert name is not None
        assert name[0].lower() in named, words


def test_a_bundle_is_built_of_settled_versions_that_the_program_allows() -> None:
    from packaging.requirements import Requirement

    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    settled = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    known = {re.sub(r"[-_.]+", "-", name).lower(): number for name, number in settled.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for words in (*project["dependencies"], *extras["raw"], *extras["serve"], *extras["bundle"]):
        asked = Requirement(words)
        number = known[re.sub(r"[-_.]+", "-", asked.name).lower()]
        assert asked.specifier.contains(number), words


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("torch/lib/libtorch_cpu.so", True),
        ("torch/lib/libtorch_cuda.so", False),
        ("nvidia/cudnn/lib/libcudnn.so.9", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/plugins/imageformats/libqjpeg.so", True),  # thumbnails
        ("PySide6/Qt/plugins/imageformats/libqpdf.so", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("albumdedup/_resources/album.safetensors", True),
        ("albumdedup\\_resources\\locale\\zh_CN\\LC_MESSAGES\\albumdedup.po", True),
        ("numpy/_core/_multiarray_tests.cpython-311-x86_64-linux-gnu.so", False),
    ],
)
def test_what_is_left_out_of_a_bundle(name: str, kept: bool) -> None:
    assert (trim.reason_to_leave_out(name) is None) == kept
