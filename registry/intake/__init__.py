"""A file with a list of sub-processors, in whatever form it comes, to candidates for a register's working copy.

Bytes in, `Reading` out: pure, and never an exception, whatever the bytes. Nothing of the source is dropped silently:
what is no candidate is in `skipped` or `not_understood`.
"""

from registry.intake.decoding import FORMATS
from registry.intake.entries import Candidate
from registry.intake.reading import Progress, Reading, read

__all__ = ["FORMATS", "Candidate", "Progress", "Reading", "read"]
