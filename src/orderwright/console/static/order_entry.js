// Order entry: SKUs while they are typed, and further lines.
(function () {
  "use strict";
  var lines = document.querySelector(".entry-lines"), more = document.querySelector("[data-add-line]");
  if (!lines || !more) return;
  var options = document.getElementById("skus"), waiting = null, asked = null;

  more.hidden = false;
  more.addEventListener("click", function () {
    var last = lines.lastElementChild, n = lines.children.length, fresh = last.cloneNode(true);
    fresh.querySelectorAll("[id], [name], [for]").forEach(function (one) {
      ["id", "name", "for", "aria-describedby"].forEach(function (name) {
        if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace(/lines\.\d+\./, "lines." + n + "."));
      });
      if (one.tagName === "INPUT") one.value = "";
    });
    fresh.querySelectorAll(".field-error").forEach(function (one) { one.remove(); });
    lines.append(fresh);
    fresh.querySelector("input").focus();
  });

  lines.addEventListener("input", function (event) {
    if (!/\.sku$/.test(event.target.name)) return;
    var typed = event.target.value.trim();
    clearTimeout(waiting);
    if (typed.length < 2) return;
    waiting = setTimeout(function () {
      if (asked) asked.abort();
      asked = new AbortController();
      fetch(document.body.dataset.find.replace(/find$/, "orders/new/skus"), {
        method: "POST", body: new URLSearchParams({ text: typed }), signal: asked.signal,
        headers: { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf },
      }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
        options.innerHTML = html;
      }).catch(function () { /* a newer one is asked */ });
    }, 150);
  });
})();
