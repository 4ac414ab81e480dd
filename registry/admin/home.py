"""The first page: what is to be done, then the registers and how they stand."""

from flask import render_template

from registry import web
from registry.admin import blueprint


@blueprint.get("/")
@web.requires("view")
def home() -> str:
    """The task list."""
    return render_template("admin/home.html")
