"""In place of pandas in a bundle (86 MB): pymilvus imports it for tables that nobody here makes."""


class DataFrame:
    """No object is one."""


class Series:
    """No object is one."""


__version__ = "0.0"
