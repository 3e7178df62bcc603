"""What a bundle starts."""

from albumdedup.__main__ import program

program()
