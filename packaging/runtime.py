"""Runs in a bundle before the program."""

import os
import sys
import types

# The loader has read it when this process began. What the program starts that is the system's (a
# file manager, a browser) must find the system's libraries, not those of the bundle.
before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
else:
    os.environ.pop("LD_LIBRARY_PATH", None)

# torchvision's own operators (boxes of detectors) are left out of the bundle; without them these
# two modules of it cannot be imported. The networks that describe photos use none.
for name in ("_meta_registrations", "_autograd_registrations"):
    sys.modules[f"torchvision.{name}"] = types.ModuleType(f"torchvision.{name}")
