"""Where registers stand on the page, and whether visitors see them. These are not part of what is published."""

from collections.abc import Sequence

from registry import published
from registry.models import Register
from registry.work import Work


def order_registers(work: Work, ids: Sequence[str]) -> None:
    """Put the registers in this order; ones not named keep their place behind them."""
    before = published.registers(work)
    place = {register_id: index for index, register_id in enumerate(ids)}
    after = sorted(before, key=lambda row: place.get(row.id, len(place)))
    for index, row in enumerate(after):
        row.position = index + 1
    if after != before:
        work.record("registers.ordered", order=[row.slug for row in after])
    work.session.flush()


def move_register(work: Work, register: Register, *, by: int) -> None:
    """Move a register `by` places down the page (up when negative), at most to the end."""
    ids = [row.id for row in published.registers(work)]
    at = ids.index(register.id)
    to = min(max(at + by, 0), len(ids) - 1)
    ids.insert(to, ids.pop(at))
    order_registers(work, ids)


def hide_register(work: Work, register: Register) -> None:
    """Take a register off the public pages. Its publications stay as they are, and nobody is told."""
    if register.hidden_at is None:
        register.hidden_at = work.now
        work.record("register.hidden", subject=register.slug, register_id=register.id)


def show_register(work: Work, register: Register) -> None:
    """Let visitors see a register again."""
    if register.hidden_at is not None:
        register.hidden_at = None
        work.record("register.shown", subject=register.slug, register_id=register.id)
