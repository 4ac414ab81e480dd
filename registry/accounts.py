"""People with access to the admin pages: who may do what, their sessions and their passwords.

A session is a row, so it can be revoked; the browser holds a random token of which only the SHA-256 is kept here.
A person's role and state are read anew at every request: who is disabled has no access from that moment.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select

from registry import passwords, throttle
from registry.errors import Problem
from registry.models import SignIn, User
from registry.work import Actor, Work

PERMISSIONS: dict[str, frozenset[str]] = {
    "owner": frozenset({"view", "edit", "propose", "review", "publish", "manage"}),
    "editor": frozenset({"view", "edit", "propose", "review", "publish"}),
    "reviewer": frozenset({"view", "review"}),
    "viewer": frozenset({"view"}),
}
ROLES = tuple(PERMISSIONS)
_KEEP_ENDED = timedelta(days=30)


def may(user: User | None, permission: str) -> bool:
    """Whether this person's role includes a permission. A permission nobody has heard of is nobody's."""
    return user is not None and permission in PERMISSIONS.get(user.role, ())


def users(work: Work) -> list[User]:
    """Everybody, by address; people who are disabled last."""
    found = work.session.exec(select(User).order_by(col(User.email))).all()
    return sorted(found, key=lambda user: user.disabled_at is not None)


def people_who_may(work: Work, permission: str) -> list[User]:
    """The people with access now whose role includes a permission."""
    return [user for user in users(work) if user.disabled_at is None and may(user, permission)]


def user(work: Work, user_id: str) -> User:
    """The person of that id. Raises Problem("not_found")."""
    found = _get(work, user_id)
    if found is None:
        raise Problem("not_found", "user-unknown", "There is no such person.")
    return found


def user_by_email(work: Work, email: str) -> User:
    """The person of that address, however it is capitalised. Raises Problem("not_found")."""
    found = _find(work, email)
    if found is None:
        raise Problem("not_found", "user-unknown", f"Nobody has the address {email.strip()}.")
    return found


# Sessions


def signed_in(work: Work, token: str) -> User | None:
    """The person behind a cookie's token: a session that has not ended, of somebody who still has access."""
    found = _live(work, token)
    person = work.session.get(User, found.user_id) if found else None
    return person if person and person.disabled_at is None else None


def sign_in(work: Work, email: str, password: str, *, hours: int, address: str, agent: str, former: str = "") -> str:
    """Open a session of `hours` hours and return its token; the `former` one of this browser ends.

    Raises Problem("forbidden", "too-many-attempts") and Problem("unauthenticated", "wrong-password"), the latter in
    the same words and time whether the address, the password or the access is what is wrong. The caller must let
    the work be kept then too: the failure has been counted.
    """
    throttle.check(work, email=email, address=address)
    person = _find(work, email)
    right = passwords.matches(person.password_hash if person else "", password)
    if person is None or not right or person.disabled_at is not None:
        throttle.count_failure(work, email=email, address=address)
        if person is not None:
            work.record("session.refused", subject=person.email)
        raise Problem("unauthenticated", "wrong-password", "This address and password do not belong together.")
    throttle.forgive(work, person.email)
    if passwords.outdated(person.password_hash):
        person.password_hash = passwords.hashed(password)
    if former:
        _end(work, col(SignIn.id) == _hash(former))
    return open_session(work, person, hours=hours, address=address, agent=agent)


def open_session(work: Work, person: User, *, hours: int, address: str, agent: str) -> str:
    """A new session for somebody who has just proved who they are; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    ends = work.now + timedelta(hours=hours)
    row = SignIn(id=_hash(token), user_id=person.id, created_at=work.now, seen_at=work.now, expires_at=ends)
    row.address, row.agent = address[:64], agent[:200]
    work.session.add(row)
    work.session.execute(delete(SignIn).where(col(SignIn.expires_at) < work.now - _KEEP_ENDED))
    work.actor = Actor(person.name or person.email, person.id, person.role)
    work.record("session.opened", subject=person.email)
    work.session.flush()
    return token


def touch(work: Work, token: str) -> None:
    """Note that a session was used just now. Only for requests that may write."""
    work.session.execute(update(SignIn).where(col(SignIn.id) == _hash(token)).values(seen_at=work.now))


def sign_out(work: Work, token: str) -> None:
    """End a session. One that has ended already is no Problem."""
    found = _live(work, token)
    if found is not None:
        found.revoked_at = work.now
        work.record("session.closed", subject=user(work, found.user_id).email)


def session_id(token: str) -> str:
    """The id under which the session of a token is kept."""
    return _hash(token)


def sessions(work: Work, person: User) -> Sequence[SignIn]:
    """Somebody's sessions that have not ended, the one used last first."""
    query = select(SignIn).where(
        SignIn.user_id == person.id, col(SignIn.revoked_at).is_(None), col(SignIn.expires_at) > work.now
    )
    return work.session.exec(query.order_by(col(SignIn.seen_at).desc(), col(SignIn.id))).all()


def revoke(work: Work, person: User, session: str) -> None:
    """End one of somebody's sessions. Raises Problem("not_found") when it is not theirs or has ended."""
    if not _end(work, col(SignIn.id) == session, col(SignIn.user_id) == person.id):
        raise Problem("not_found", "session-unknown", "This session has already ended.")
    work.record("session.revoked", subject=person.email)


def revoke_all(work: Work, person: User, *, but: str = "") -> int:
    """End all sessions of somebody, or all but the one of the token `but`; returns how many."""
    ended = _end(work, col(SignIn.user_id) == person.id, col(SignIn.id) != (_hash(but) if but else ""))
    work.record("sessions.revoked", subject=person.email, ended=ended)
    return ended


# People and their passwords


def add_user(work: Work, *, email: str, role: str, name: str = "", password: str | None = None) -> User:
    """Give somebody access. Without a password they need a link (`make_link`) first.

    Raises Problem("conflict", "user-exists") and Problem("invalid") with fields email, role, password.
    """
    _check_role(role)
    if _find(work, email) is not None:
        reason = {"email": ["Somebody with this address is here already."]}
        raise Problem("conflict", "user-exists", f"{email} is here already.", fields=reason)
    if password is not None:
        _check_password(password, email)
    kept = "" if password is None else passwords.hashed(password)
    person = User(email=email.strip().lower(), name=name, role=role, password_hash=kept, created_at=work.now)
    work.session.add(person)
    work.session.flush()
    work.record("user.added", subject=person.email, role=role)
    return person


def change_user(work: Work, person: User, *, name: str, role: str) -> None:
    """Another name or role. Raises Problem("conflict", "last-owner")."""
    _check_role(role)
    if person.role == "owner" and role != "owner":
        _keep_an_owner(work, person)
    if (person.name, person.role) == (name, role):
        return
    work.record("user.changed", subject=person.email, name=[person.name, name], role=[person.role, role])
    person.name, person.role = name, role
    work.session.flush()


def disable(work: Work, person: User) -> None:
    """Take somebody's access away at once; what they did keeps their name. Raises Problem("conflict", "last-owner")."""
    if person.disabled_at is not None:
        return
    _keep_an_owner(work, person)
    person.disabled_at = work.now
    _end(work, col(SignIn.user_id) == person.id)
    work.record("user.disabled", subject=person.email)


def enable(work: Work, person: User) -> None:
    """Give somebody their access back, with the password they had."""
    if person.disabled_at is not None:
        person.disabled_at = None
        work.record("user.enabled", subject=person.email)


def change_password(work: Work, person: User, *, current: str, new: str, token: str, address: str) -> None:
    """Somebody's own new password; all their sessions but this one end.

    Raises Problem("invalid") with fields current or password, Problem("forbidden", "too-many-attempts"). A wrong
    current password counts as a failed sign-in: let the work be kept then too.
    """
    throttle.check(work, email=person.email, address=address)
    if not passwords.matches(person.password_hash, current):
        throttle.count_failure(work, email=person.email, address=address)
        reason = {"current": ["This is not your present password."]}
        raise Problem("invalid", "wrong-password", "This is not your present password.", fields=reason)
    _set_password(work, person, new)
    _end(work, col(SignIn.user_id) == person.id, col(SignIn.id) != _hash(token))
    work.record("password.changed", subject=person.email)


def set_password(work: Work, person: User, password: str) -> None:
    """A new password given by an owner or the operator; all sessions end. Raises Problem("invalid")."""
    _set_password(work, person, password)
    _end(work, col(SignIn.user_id) == person.id)
    work.record("password.set", subject=person.email)


def make_link(work: Work, person: User, secret: str) -> str:
    """A token with which somebody can set their password once, within three days."""
    work.record("password-link.made", subject=person.email)
    return passwords.make_link_token(person.id, person.password_hash, now=work.now, secret=secret)


def user_of_link(work: Work, token: str, secret: str) -> User:
    """Whose password a link sets. Raises Problem("not_found", "link-ended")."""
    person = _get(work, passwords.user_of_link(token))
    known = person.password_hash if person else ""
    expiry = passwords.link_expiry(token, known, now=work.now, secret=secret)
    if person is None or person.disabled_at is not None or expiry is None:
        raise Problem("not_found", "link-ended", "This link has been used or has expired. Ask for a new one.")
    return person


def use_link(work: Work, token: str, secret: str, password: str) -> User:
    """Set the password a link is for; the link ends, and so do all sessions. Raises Problem("not_found", "invalid")."""
    person = user_of_link(work, token, secret)
    _set_password(work, person, password)
    _end(work, col(SignIn.user_id) == person.id)
    work.actor = Actor(person.name or person.email, person.id, person.role)
    work.record("password-link.used", subject=person.email)
    return person


def _get(work: Work, user_id: str) -> User | None:
    """What comes from an address may hold characters that a database refuses to be asked for."""
    return work.session.get(User, user_id) if user_id.isascii() and user_id.isprintable() else None


def _find(work: Work, email: str) -> User | None:
    if not email.strip().isprintable():
        return None
    return work.session.exec(select(User).where(User.email == email.strip().lower())).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _live(work: Work, token: str) -> SignIn | None:
    found = work.session.get(SignIn, _hash(token)) if token else None
    alive = found is not None and found.revoked_at is None and found.expires_at > work.now
    return found if alive else None


def _end(work: Work, *which: object) -> int:
    work.session.flush()
    statement = update(SignIn).where(*which, col(SignIn.revoked_at).is_(None)).values(revoked_at=work.now)  # type: ignore[arg-type]
    return int(work.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _set_password(work: Work, person: User, password: str) -> None:
    _check_password(password, person.email)
    person.password_hash = passwords.hashed(password)
    throttle.forgive(work, person.email)
    work.session.flush()


def _check_password(password: str, email: str) -> None:
    wrong = passwords.complaints(password, email)
    if wrong:
        raise Problem("invalid", "password-weak", wrong[0], fields={"password": wrong})


def _check_role(role: str) -> None:
    if role not in PERMISSIONS:
        reason = {"role": [f"Must be one of {', '.join(ROLES)}."]}
        raise Problem("invalid", "role-unknown", f"There is no role “{role}”.", fields=reason)


def _keep_an_owner(work: Work, person: User) -> None:
    """Refuse to leave nobody who could manage people. The owners are locked, so that two cannot demote each other."""
    query = select(User.id).where(User.role == "owner", col(User.disabled_at).is_(None))
    owners = work.session.exec(query.order_by(col(User.id)).with_for_update()).all()
    if list(owners) == [person.id]:
        raise Problem("conflict", "last-owner", f"{person.email} is the only owner. Make somebody else an owner first.")
