"""What is read once for all unit tests."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wordnet import read_wordnet

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.source.protocol import SourceData


@pytest.fixture(scope="session")
def wordnet_data(wordnet_folder: Path) -> SourceData:
    """All of WordNet, as read; a test that takes this is marked ``wordnet``."""
    data = read_wordnet(wordnet_folder)
    gc.freeze()  # or the collector looks through half a million values in every later test
    return data
