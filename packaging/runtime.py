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


def _none(*_values: object, **_named: object) -> None:
    raise NotImplementedError("this bundle has no operators of torchvision")


# torchvision's own operators (boxes of detectors) are left out of the bundle. The networks that
# describe photos use none, but these modules of it are imported with them: two cannot be without
# the operators, and the third would bring torch's compiler along.
for name in ("_meta_registrations", "_autograd_registrations", "ops.roi_align"):
    sys.modules[f"torchvision.{name}"] = types.ModuleType(f"torchvision.{name}")
vars(sys.modules["torchvision.ops.roi_align"]).update(roi_align=_none, RoIAlign=_none)
