// A message: `a` goes to where the answer is written, Ctrl Enter sends it.
(function () {
  "use strict";
  var words = document.getElementById("f-words");
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input, textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "f-words") {
      event.preventDefault();
      var button = event.target.form.querySelector("button[type=submit]");
      if (!button.disabled) event.target.form.requestSubmit(button);
    } else if (event.key === "a" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
      words = document.getElementById("f-words");
      if (words) { event.preventDefault(); words.focus(); }
    }
  });
})();
