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
# Modules that read their own source when they are imported: settings the comments in it, functions
# of several signatures their bodies.
READS_ITSELF = ("install_config_module(", "@_overload", "@torch._jit_internal._overload",
                "@torch.jit._overload", "_overload as ")  # fmt: skip
module_collection_mode = {
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts): "pyz+py"
    for path in sorted(FOLDER.rglob("*.py"))
    if any(sign in path.read_text(encoding="utf-8") for sign in READS_ITSELF)
}
# Two symbolic links to one library are two libraries to what looks for its neighbours.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
