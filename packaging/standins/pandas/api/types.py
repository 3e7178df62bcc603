"""As pandas.api.types, so much of it as pymilvus imports; only its tables of pandas call them."""

from typing import Any


def is_list_like(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes)


def is_array_like(value: Any) -> bool:
    return is_list_like(value) and hasattr(value, "dtype")


def is_scalar(value: Any) -> bool:
    return not is_list_like(value)


def is_float(value: Any) -> bool:
    return isinstance(value, float)


def infer_dtype(*_values: Any, **_named: Any) -> str:
    raise NotImplementedError("this bundle has no pandas")
