// Small comforts for the admin pages; everything works without them.

// A refused form: begin at what is wrong with it. Otherwise at the row that was just added or moved.
const first = document.getElementById("errors") || document.querySelector("[data-go-on]");
if (first) {
  const box = first.matches("[data-go-on]") ? first.querySelector("input:not([type=hidden]), textarea, select") : null;
  (box || first).focus({ preventScroll: true });
  first.scrollIntoView({ block: "center" });
}

// Edits that have not been saved: ask before they are left behind. A form that was refused is not saved either.
const form = document.querySelector("main form[method=post]:not(.act)");
if (form) {
  let edited = document.getElementById("errors") !== null;
  form.addEventListener("input", () => { edited = true; });
  document.addEventListener("submit", () => { edited = false; });
  window.addEventListener("beforeunload", (event) => { if (edited) event.preventDefault(); });
}
