// The entry form without reloading the page: row buttons and Check fetch the same answer a plain form gets.
// What was unfolded stays unfolded, and the keyboard goes on where the act happened.
(() => {
  "use strict";
  const main = document.querySelector("main");
  const acts = /^(add|remove|up|down):|^check$/;

  const folds = () => new Map([...main.querySelectorAll("details")].map((one) => [one.dataset.key || one.id, one.open]));

  const goOn = (button) => {
    const errors = document.getElementById("errors");
    if (errors) return errors.focus();
    const id = new URL(button.formAction, location.href).hash.slice(1);
    const place = document.getElementById(id);
    if (!place) return undefined;
    if (place instanceof HTMLDetailsElement) place.open = true;
    const first = button.value.startsWith("add:") && place.querySelector("select, textarea, input:not([type=hidden])");
    (first || place).focus();
    return place.scrollIntoView({ block: "nearest" });
  };

  const show = (html, button) => {
    const page = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    if (!page || !page.querySelector("#entry-form")) return false;
    const before = folds();
    main.replaceChildren(...page.childNodes);
    for (const one of main.querySelectorAll("details")) {
      if (before.get(one.dataset.key || one.id)) one.open = true;
    }
    goOn(button);
    return true;
  };

  main.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter; // form.id is the input of that name
    if (!form.matches("#entry-form") || form.dataset.plain || !button || !acts.test(button.value)) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, button));
    form.inert = true;
    const plainly = () => {
      form.inert = false;
      form.dataset.plain = "yes";
      form.requestSubmit(button);
    };
    fetch(form.action, { method: "POST", body, redirect: "error" })
      .then((answer) => answer.text())
      .then((html) => show(html, button) || plainly())
      .catch(plainly);
  });

  // A field that is wrong may be folded away; the browser can point to it only when it is not.
  main.addEventListener("invalid", (event) => {
    for (let one = event.target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  }, true);
})();
