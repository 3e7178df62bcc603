"""What Milvus Lite uses; the hook that this replaces takes the headers and the tests too."""

hiddenimports = ["pyarrow.lib", "pyarrow._compute", "pyarrow._parquet", "pyarrow._dataset",
                 "pyarrow._dataset_parquet", "pyarrow._acero", "pyarrow._fs", "pyarrow._csv",
                 "pyarrow._json", "pyarrow._feather", "pyarrow._parquet_encryption"]  # fmt: skip
