"""What a bundle starts."""

import sys

from albumdedup.__main__ import main

sys.exit(main())
