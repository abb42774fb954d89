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
    htmx.ajax("POST", link.getAttribute("href"), { target: place, swap: "innerHTML", values: { ids: ids.join(",") } }).then(function () {
      if (!dialog.open && place.childElementCount) dialog.showModal();
    });
  });

  // ---- columns -----------------------------------------------------------------------------------------------------
  function columns(table) {
    var hidden = {};
    try { hidden = JSON.parse(localStorage.getItem("orderwright-columns-" + table.dataset.columns) || "{}"); } catch { /* none chosen */ }
    return hidden;
  }
  function applyColumns() {
    document.querySelectorAll("table[data-columns]").forEach(function (table) {
      var hidden = columns(table);
      document.querySelectorAll('input[data-column-of="' + table.dataset.columns + '"]').forEach(function (box) { box.checked = !hidden[box.value]; });
    });
  }
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (!box.dataset || !box.dataset.columnOf) return;
    var table = document.querySelector('table[data-columns="' + box.dataset.columnOf + '"]');
    if (!table) return;
    var hidden = columns(table);
    if (box.checked) delete hidden[box.value]; else hidden[box.value] = true;
    try { localStorage.setItem("orderwright-columns-" + table.dataset.columns, JSON.stringify(hidden)); } catch { /* for this page only */ }
    window.orderwrightColumns();
    applyColumns();
  });
  document.addEventListener("DOMContentLoaded", applyColumns);
  document.addEventListener("htmx:afterSwap", applyColumns);
})();
