// Copy what stands in a field: the button shows only where a script runs; without it the field is marked and copied by hand.
(function () {
  "use strict";
  function ready(root) {
    root.querySelectorAll("[data-copies][hidden]").forEach(function (button) { button.hidden = false; });
    root.querySelectorAll("[data-selects]").forEach(function (field) { field.select(); });
  }
  function say(button, text) {
    var place = document.getElementById("copied");
    if (place) place.textContent = text;
    button.focus();
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copies]");
    var field = button && document.getElementById(button.dataset.copies);
    if (!field) return;
    field.select();
    function byHand() { say(button, document.execCommand("copy") ? "Copied." : "Press Ctrl C to copy it."); }
    if (!navigator.clipboard) { byHand(); return; }
    navigator.clipboard.writeText(field.value).then(function () { say(button, "Copied."); }, byHand);
  });
  document.addEventListener("htmx:afterSwap", function (event) { ready(event.target); });
  ready(document);
})();
