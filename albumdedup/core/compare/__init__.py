"""Two to four photos beside one another: where they lie, how one looks at them, what differs."""
