// Light or dark before the first paint: what was chosen here, else what the system says, as long as it says so.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try { var here = localStorage.getItem("orderwright-theme"); if (here) return here; } catch { /* private window */ }
    var said = root.dataset.themeChosen; // what the person chose for every device
    return said === "light" || said === "dark" ? said : null;
  }

  function apply() {
    var theme = chosen() || (system.matches ? "dark" : "light");
    if (root.dataset.bsTheme !== theme) root.dataset.bsTheme = theme;
    var word = document.getElementById("theme-word");
    if (word) word.textContent = theme === "dark" ? "Light mode" : "Dark mode";
    document.dispatchEvent(new CustomEvent("orderwright:theme"));
  }

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    if (button) {
      button.addEventListener("click", function () {
        var next = root.dataset.bsTheme === "dark" ? "light" : "dark";
        try { localStorage.setItem("orderwright-theme", next); } catch { /* private window: for this page only */ }
        root.dataset.bsTheme = next;
        apply();
      });
    }
    apply();
  });
})();
