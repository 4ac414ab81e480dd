"""The log: who did what, when."""

from typing import Any

from flask import render_template, request, url_for

from registry import activity, published, text, web
from registry.admin import blueprint


@blueprint.get("/log")
@web.requires("view")
def log() -> str:
    """What has been done, newest first, by one person or to one register if asked."""
    work = web.current_work()
    asked = request.args
    page = min(max(1, asked.get("page", 1, type=int)), 1_000_000)
    who, slug = asked.get("who", ""), asked.get("register", "")
    registers = published.registers(work)
    titles = {row.id: text.pick(row.title, "en", row.prevailing_language).value or row.slug for row in registers}
    register_id = next((row.id for row in registers if row.slug == slug), None)
    shown = activity.read(work, page=page, actor=who, register_id=register_id)
    chosen: dict[str, Any] = {name: value for name, value in (("who", who), ("register", slug)) if value}

    def address(number: int) -> str:
        return url_for("admin.log", page=number, **chosen)

    return render_template(
        "admin/log.html",
        lines=[{**line, "register": titles.get(str(line["register_id"]), "")} for line in shown.lines],
        page=page,
        newer=address(page - 1) if page > 1 else "",
        older=address(page + 1) if shown.more else "",
        people=[(name, name) for name in activity.actors(work)],
        registers=[(row.slug, titles[row.id]) for row in registers],
        who=who,
        slug=slug,
    )
