"""Instead of the hook that takes all of torch: its libraries, and the modules that are imported."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, get_module_file_attribute

binaries = collect_dynamic_libs("torch", search_patterns=["*.so", "*.so.*", "*.dll", "*.dylib"])
# torch looks for it when it is imported, though nothing here shares memory between processes.
manager = Path(get_module_file_attribute("torch")).parent / "bin" / "torch_shm_manager"
if manager.exists():
    binaries.append((str(manager), "torch/bin"))
datas = []
hiddenimports = []
# Two symbolic links to one library are two libraries to what looks for its neighbours.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
