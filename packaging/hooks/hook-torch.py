"""Instead of the hook that takes all of torch: its libraries, and the modules that are imported."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("torch", search_patterns=["*.so", "*.so.*", "*.dll", "*.dylib"])
datas = []
hiddenimports = []
# Two symbolic links to one library are two libraries to what looks for its neighbours.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
