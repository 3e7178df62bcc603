"""Speed and memory that anyone can measure again: the product beside the bare work, in one run."""
