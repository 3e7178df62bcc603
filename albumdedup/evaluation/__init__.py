"""Quality and speed figures that anyone can measure again."""
