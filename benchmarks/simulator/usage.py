"""What a provider would bill: tokens in and out, and how many of them its prefix cache knew.

Tokens of the prompt are counted as four bytes each, rounded up. The cache holds prefixes of earlier prompts to the same
model in blocks of 128 tokens. Unlike OpenAI's it has no least length (theirs is 1,024 tokens), so that the order of a
prompt can be measured on short documents too; and nothing in it grows old.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

BYTES_OF_A_TOKEN = 4
BLOCK = 128  # tokens
TOKENS_OF_A_PICTURE = 765  # a page of 1024 x 1024 in high detail, as OpenAI states it for GPT-4o
MOST_BLOCKS = 500_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call."""

    prompt: int
    completion: int
    cached: int

    def stated(self) -> dict[str, Any]:
        """Return the usage in the form of the protocol."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


def prompt_tokens(prompt: str, pictures: int = 0) -> int:
    """Return the tokens of a prompt."""
    return -(-len(prompt.encode()) // BYTES_OF_A_TOKEN) + pictures * TOKENS_OF_A_PICTURE


class PrefixCache:
    """Prefixes of prompts that were seen, by model. Safe for threads."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def seen(self, model: str, prompt: str) -> int:
        """Return how many tokens of the prompt's beginning are known, and remember the whole prompt."""
        running = blake2b(model.encode(), digest_size=12)
        data = prompt.encode()
        size = BLOCK * BYTES_OF_A_TOKEN
        keys = []
        for start in range(0, len(data) - size + 1, size):
            running.update(data[start : start + size])
            keys.append(running.digest())
        with self._lock:
            known = next((place for place, key in enumerate(keys) if key not in self._blocks), len(keys))
            self._blocks.update(dict.fromkeys(keys))
            while len(self._blocks) > MOST_BLOCKS:
                self._blocks.popitem(last=False)
        return known * BLOCK

    def forget(self) -> None:
        """Forget all prompts."""
        with self._lock:
            self._blocks.clear()
