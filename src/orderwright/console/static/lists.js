// Lists: rows by keys, selection with a bar of what can be done to all of it, columns that the reader chose.
(function () {
  "use strict";
  var current = null;

  function rows() { return Array.from(document.querySelectorAll("[data-rows] > tr[data-id]")); }

  function move(step) {
    var all = rows();
    if (!all.length) return;
    var at = all.indexOf(current);
    var next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    if (current) current.classList.remove("is-current");
    current = next;
    current.classList.add("is-current");
    current.scrollIntoView({ block: "nearest" });
    var link = current.querySelector("a.open");
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.querySelector("[data-scanner]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && current) {
      var box = current.querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; changed(); }
    } else if (event.key === "Enter" && current && event.target === document.body) {
      var link = current.querySelector("a.open");
      if (link) link.click();
    } else return;
    if (event.key !== "Enter") event.preventDefault();
  });

  // A row is opened by a click anywhere on it, save on what has its own use.
  document.addEventListener("click", function (event) {
    var row = event.target.closest("[data-rows] > tr[data-id]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(window.getSelection())) return;
    var link = row.querySelector("a.open");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank"); else link.click();
  });

  // ---- selection ---------------------------------------------------------------------------------------------------
  function changed() {
    var bar = document.querySelector(".bulk");
    if (!bar) return;
    var boxes = Array.from(document.querySelectorAll("[data-rows] .pick input"));
    var chosen = boxes.filter(function (box) { return box.checked; });
    bar.hidden = chosen.length === 0;
    bar.querySelector(".bulk-count").textContent = chosen.length + " selected";
    var all = document.querySelector("thead .pick input");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    document.dispatchEvent(new CustomEvent("orderwright:selected"));
  }
  var last = null;
  document.addEventListener("click", function (event) {
    var box = event.target;
    if (!box.matches || !box.matches(".pick input")) return;
    if (box.closest("thead")) {
      document.querySelectorAll("[data-rows] .pick input").forEach(function (one) { one.checked = box.checked; });
    } else {
      var boxes = Array.from(document.querySelectorAll("[data-rows] .pick input"));
      if (event.shiftKey && last && boxes.indexOf(last) >= 0) {
        var from = boxes.indexOf(last), to = boxes.indexOf(box);
        boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) { one.checked = box.checked; });
      }
      last = box;
    }
    changed();
  });
  document.addEventListener("htmx:afterSwap", function () { if (current && !current.isConnected) current = null; changed(); });
  document.addEventListener("orderwright:selection", changed);

  // What is asked of the selection opens as a dialog: its address gets the ids that are selected.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-bulk]");
    if (!link) return;
    event.preventDefault();
    var ids = Array.from(document.querySelectorAll("[data-rows] .pick input:checked"), function (box) { return box.value; });
    var form = document.createElement("form");
    var dialog = document.getElementById("dialog");
    var place = document.getElementById("dialog-body");
    form.hidden = true;
    place.classList.add("form-place");
    htmx.ajax("POST", link.getAttribute("href"), { target: place, swap: "innerHTML", values: (window.orderwrightAllMatching && window.orderwrightAllMatching()) || { ids: ids.join(",") } }).then(function () {
      if (!dialog.open && place.childElementCount) dialog.showModal();
    });
  });

  // ---- columns -----------------------------------------------------------------------------------------------------
  // They come and go at once, and are kept for this person on every device. A later change waits for the one before.
  var keeping = Promise.resolve();
  document.addEventListener("change", function (event) {
    var form = event.target.closest && event.target.closest("form[data-layout]");
    var table = document.querySelector(".orders-table");
    if (!form) return;
    form.querySelectorAll("input[name=column]").forEach(function (box) {
      if (table) table.classList.toggle("hide-" + box.value, !box.checked);
    });
    if (table) table.classList.toggle("is-dense", form.elements.dense.checked);
    var said = new URLSearchParams(new FormData(form));
    keeping = keeping.then(function () { return fetch(form.action, { method: "POST", body: said, redirect: "manual" }); }).then(function (answer) {
      if (answer.status >= 400) orderwright.trouble("The columns could not be kept. They are as you chose them on this page only.");
    }, function () { orderwright.trouble("The server does not answer. The columns are as you chose them on this page only."); });
  });
})();
