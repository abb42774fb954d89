// SKUs while they are typed: a field whose list is "skus" asks for those that begin like it.
(function () {
  "use strict";
  var waiting = null, asked = null;
  document.addEventListener("input", function (event) {
    var field = event.target, options = field.list;
    if (!options || !/^skus/.test(options.id) || field.closest(".entry-lines")) return;
    var typed = field.value.trim();
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
