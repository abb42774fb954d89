// The page of an order: print it, and change one part of it (the timeline) in place.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-prints]")) {
      document.querySelectorAll("details.menu[open]").forEach(function (menu) { menu.open = false; });
      window.print();
      return;
    }
    var link = event.target.closest("a[data-part]");
    var place = link && document.getElementById(link.dataset.part);
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    htmx.ajax("GET", link.getAttribute("href"), { target: place, swap: "innerHTML", select: "#" + place.id + " > *" });
  });
})();
