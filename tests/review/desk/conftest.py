"""Tests of the desk share their documents, as tests of the store share theirs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # for desk_documents
