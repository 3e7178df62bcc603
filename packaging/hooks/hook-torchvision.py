"""Networks only: neither its operators nor its readers of pictures (runtime.py)."""

excludedimports = ["torchvision._C", "torchvision.image"]
