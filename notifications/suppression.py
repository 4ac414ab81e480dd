"""Addresses that must not be mailed, known only by their keyed hash: also a later import cannot bring them back."""

from notifications.models import Suppression
from registry.work import Work

LEFT, ERASED, BOUNCED, COMPLAINED = "left", "erased", "bounced", "complained"
_LIFTED_BY_CONFIRMING = frozenset({LEFT, ERASED})
"""What the owner of an address may undo by asking anew; the others mean that mail to it does harm."""


def add(work: Work, address_hash: str, reason: str) -> None:
    """Never mail this address again on our own account. A graver reason is not replaced by a lighter one."""
    known = work.session.get(Suppression, address_hash)
    if known is None:
        work.session.add(Suppression(address_hash=address_hash, reason=reason, at=work.now))
    elif known.reason in _LIFTED_BY_CONFIRMING:
        known.reason, known.at = reason, work.now
    work.session.flush()


def holds(work: Work, address_hash: str) -> bool:
    """Whether an address is suppressed for whatever reason."""
    return work.session.get(Suppression, address_hash) is not None


def may_be_asked(work: Work, address_hash: str) -> bool:
    """Whether somebody who types this address may be sent a request to confirm."""
    known = work.session.get(Suppression, address_hash)
    return known is None or known.reason in _LIFTED_BY_CONFIRMING


def lift(work: Work, address_hash: str) -> None:
    """Its owner has confirmed that mail is wanted again."""
    known = work.session.get(Suppression, address_hash)
    if known is not None and known.reason in _LIFTED_BY_CONFIRMING:
        work.session.delete(known)
        work.session.flush()
