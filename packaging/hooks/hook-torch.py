"""Instead of the hook that takes all of torch: its libraries, and the modules that are imported."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, get_module_file_attribute

FOLDER = Path(get_module_file_attribute("torch")).parent

binaries = collect_dynamic_libs("torch", search_patterns=["*.so", "*.so.*", "*.dll", "*.dylib"])
# torch looks for it when it is imported, though nothing here shares memory between processes.
manager = FOLDER / "bin" / "torch_shm_manager"
if manager.exists():
    binaries.append((str(manager), "torch/bin"))
datas = []
hiddenimports = []
# Modules of settings read their own comments.
module_collection_mode = {
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts): "pyz+py"
    for path in sorted(FOLDER.rglob("*config*.py"))
    if "install_config_module(" in path.read_text(encoding="utf-8")
}
# Two symbolic links to one library are two libraries to what looks for its neighbours.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
