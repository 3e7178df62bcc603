"""Networks only: neither its operators nor its readers of pictures (runtime.py)."""

from pathlib import Path

from PyInstaller.utils.hooks import get_module_file_attribute

FOLDER = Path(get_module_file_attribute("torchvision")).parent

excludedimports = ["torchvision._C", "torchvision.image"]
# As in hook-torch.py: what reads its own source when it is imported.
module_collection_mode = {
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts): "pyz+py"
    for path in sorted(FOLDER.rglob("*.py"))
    if "@torch.jit._overload" in path.read_text(encoding="utf-8")
}
