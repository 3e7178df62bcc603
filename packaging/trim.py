"""What a bundle does without, and why. Names are paths in the bundle, with wildcards."""

from __future__ import annotations

from fnmatch import fnmatch

MODULES = (
    # Never imported by the program or by what it calls: torch names them where it compiles.
    "sympy", "mpmath", "networkx", "lxml", "jinja2", "torch._inductor", "torch.utils.tensorboard",
    "torch.utils.benchmark", "triton", "cuda", "nvidia",
    # Of pyarrow only tables, Parquet and files are used. Without pandas_compat it sees that there
    # is no pandas, whose stand-in is for pymilvus only.
    "pyarrow.pandas_compat", "pyarrow.flight", "pyarrow._flight", "pyarrow.substrait",
    "pyarrow._substrait", "pyarrow.orc", "pyarrow._orc", "pyarrow._s3fs", "pyarrow._gcsfs",
    "pyarrow._azurefs", "pyarrow._hdfs", "pyarrow.tests", "pyarrow.gandiva", "pyarrow.cuda",
    # Under the GPL, which would bind the whole bundle.
    "pillow_jxl",
    # Developers' tools and faces that the program does not have.
    "tkinter", "pytest", "hypothesis", "IPython", "matplotlib", "scipy", "setuptools",
    "chardet", "defusedxml", "cyclonedx", "piplicenses", "prettytable",
    "pkg_resources", "pip", "numpy.f2py", "pymilvus.bulk_writer", "faiss.contrib",
    # runtime.py has something in their place.
    "torchvision._C", "torchvision.image",
)  # fmt: skip

FILES = {
    "a test's own": (
        "*/tests/*",
        "*_test.so",
        "*libtorchbind_test*",
        "*jitbackend_test*",
        "*libbackend_with_compiler*",
        "*libaoti_custom_ops*",
        "*_rational_tests*",
        "*_umath_tests*",
        "*_multiarray_tests*",
        "*_operand_flag_tests*",
        "*_struct_ufunc_tests*",
        "*_testcapi*",
        "*_xxtestfuzz*",
    ),
    "for who compiles": ("*.h", "*.hpp", "*.cuh", "*.pxd", "*.pyx", "*.pyi", "*.cmake", "*.a"),
    "CUDA": (
        "*libcu[bdfrs]*.so*",
        "*libnv*.so*",
        "*libtorch_cuda*",
        "*libc10_cuda*",
        "*libnccl*",
        "*libcupti*",
        "nvidia/*",
        "triton/*",
        "torchvision.libs/*",
        "torchvision/*.so",
    ),
    "Arrow over networks": (
        "*libarrow_flight*",
        "*libarrow_s3*",
        "*libarrow_gcs*",
        "*libarrow_azure*",
        "*libarrow_orc*",
    ),
    "Qt that the window has no part of": (
        "*libQt6Qml*",
        "*libQt6Quick*",
        "*libQt6Pdf*",
        "*libQt6VirtualKeyboard*",
        "*libQt6Eglfs*",
        "*/plugins/egldeviceintegrations/*",
        "*libqeglfs*",
        "*libqlinuxfb*",
        "*libqvkkhrdisplay*",
        "*libqvnc*",
        "*qtvirtualkeyboard*",
        "*/imageformats/*",
        "*/plugins/generic/*",
        "*/plugins/iconengines/*",
        "*/plugins/tls/*",
        "*/plugins/networkinformation/*",
        "*libqwebgl*",
        "*libQt6EglFs*",
        "*libqgtk3*",
        "*/networkinformation/*",
        "*/qmltooling/*",
    ),
    "languages that the program does not speak": ("*/Qt/translations/*",),
}
"""By reason. A bundle is smaller without them, and does all the same."""

KEPT = ("*/imageformats/*qjpeg*", "*/imageformats/*qgif*", "*/imageformats/*qwebp*",
        "*/translations/qtbase_zh_CN.qm", "*/translations/qt_zh_CN.qm",
        "*/translations/qtbase_en.qm")  # fmt: skip


def reason_to_leave_out(name: str) -> str | None:
    name = name.replace("\\", "/")
    if any(fnmatch(name, pattern) for pattern in KEPT):
        return None
    for reason, patterns in FILES.items():
        if any(fnmatch(name, pattern) or fnmatch("/" + name, pattern) for pattern in patterns):
            return reason
    return None
