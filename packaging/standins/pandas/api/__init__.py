"""As pandas.api."""
