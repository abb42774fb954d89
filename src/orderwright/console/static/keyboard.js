// Keys: the palette (search or go to), shortcuts of what is on the page, rows, and the sheet that lists them all.
(function () {
  "use strict";
  var pending = ""; // the first of two keys, such as g of "g o"
  var pendingTimer = null;
  var fixed = [
    ["/ or Ctrl K", "Search or go to"], ["?", "This sheet"], ["j, k", "Next and previous row"],
    ["x", "Select the row"], ["Enter", "Open the row"], ["Esc", "Close, or leave a field"],
  ];

  function typing(target) {
    return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
  }

  function shortcuts() {
    return Array.from(document.querySelectorAll("[data-keys]")).filter(function (one) { return one.closest("dialog:not([open])") === null || one.closest("#palette"); });
  }

  function word(one) { return (one.dataset.word || one.textContent).trim().replace(/\s+/g, " "); }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (document.querySelector("[data-scanner]")) return; // a scanner types letters: keys are its own there
    if (event.key === "/") { event.preventDefault(); openPalette(); return; }
    if (event.key === "?") { event.preventDefault(); openSheet(); return; }
    var wanted = pending ? pending + " " + event.key : event.key;
    clearTimeout(pendingTimer);
    pending = "";
    var all = shortcuts();
    var found = all.find(function (one) { return one.dataset.keys === wanted; });
    if (found) { event.preventDefault(); found.click(); return; }
    if (all.some(function (one) { return one.dataset.keys.indexOf(event.key + " ") === 0; })) {
      pending = event.key;
      pendingTimer = setTimeout(function () { pending = ""; }, 1200);
    }
  });

  // ---- the sheet ---------------------------------------------------------------------------------------------------
  function openSheet() {
    var list = document.getElementById("shortcuts-list");
    if (!list) return;
    list.textContent = "";
    var rows = fixed.concat(shortcuts().map(function (one) { return [one.dataset.keys, word(one)]; }));
    rows.forEach(function (row) {
      var keys = document.createElement("dt"), what = document.createElement("dd");
      row[0].split(/( or |, )/).forEach(function (part) {
        if (/^( or |, )$/.test(part)) { keys.append(part); return; }
        var kbd = document.createElement("kbd");
        kbd.textContent = part;
        keys.append(kbd);
      });
      what.textContent = row[1];
      list.append(keys, what);
    });
    document.getElementById("shortcuts").showModal();
  }

  // ---- the palette ---------------------------------------------------------------------------------------------------
  var palette = document.getElementById("palette");
  if (!palette) return;
  var text = document.getElementById("palette-text");
  var list = document.getElementById("palette-list");
  var found = { text: "", html: "" };
  var waiting = null, asked = null;

  function openPalette() {
    if (palette.open) { text.select(); return; }
    document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
    palette.showModal();
    text.value = "";
    found = { text: "", html: "" };
    show();
    text.focus();
  }

  // Enter without a choice, and without anything that matches, shows the page of all that was found.
  function submit() { if (text.value.trim()) text.form.submit(); }

  function commands(typed) {
    var words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    var all = Array.from(document.querySelectorAll(".palette-commands a, .palette-commands button, .head-actions a, .head-actions button, .nav-list a"));
    return all.filter(function (one) {
      var said = word(one).toLowerCase();
      return said && words.every(function (part) { return said.indexOf(part) >= 0; });
    }).slice(0, typed ? 8 : 14);
  }

  // What was looked at lately: addresses and numbers of orders only, no names.
  var here = document.body.dataset.find.replace(/find$/, "");
  var kept = "orderwright-recent-" + here;
  function recent() {
    try { return JSON.parse(localStorage.getItem(kept) || "[]"); } catch { return []; }
  }
  (function () {
    var path = window.location.pathname, title = document.querySelector("h1");
    var number = title && title.firstChild && title.firstChild.textContent.trim();
    if (!/\/orders\/ord_[a-z0-9]+$/.test(path) || !number) return;
    var all = recent().filter(function (one) { return one.path !== path; });
    all.unshift({ path: path, number: number.slice(0, 40) });
    try { localStorage.setItem(kept, JSON.stringify(all.slice(0, 8))); } catch { /* private window */ }
  })();
  function showRecent() {
    var all = recent().filter(function (one) { return one.path !== window.location.pathname; }).slice(0, 5);
    if (!all.length) return;
    var head = document.createElement("li");
    head.className = "group";
    head.setAttribute("role", "presentation");
    head.textContent = "Looked at lately";
    list.append(head);
    all.forEach(function (one) {
      var item = document.createElement("li"), what = document.createElement("span");
      item.setAttribute("role", "option");
      item.dataset.href = one.path;
      what.className = "what";
      what.textContent = "Order " + one.number;
      item.append(what);
      list.append(item);
    });
  }

  function show() {
    var typed = text.value.trim();
    list.innerHTML = found.text === typed ? found.html : "";
    if (!typed) showRecent();
    var matching = commands(typed);
    if (matching.length) {
      var head = document.createElement("li");
      head.className = "group";
      head.setAttribute("role", "presentation");
      head.textContent = "Go to, or do";
      list.append(head);
    }
    matching.forEach(function (one) {
      var item = document.createElement("li");
      item.setAttribute("role", "option");
      var picture = one.querySelector("svg");
      if (picture) item.append(picture.cloneNode(true));
      var what = document.createElement("span");
      what.className = "what";
      what.textContent = word(one);
      item.append(what);
      if (one.dataset.keys) {
        var kbd = document.createElement("kbd");
        kbd.textContent = one.dataset.keys;
        item.append(kbd);
      }
      item.chosen = function () { palette.close(); one.click(); };
      list.append(item);
    });
    if (typed.length > 1) {
      var all = document.createElement("li"), say = document.createElement("span");
      all.setAttribute("role", "option");
      say.className = "what";
      say.textContent = "Everything that has “" + typed + "”";
      all.append(say);
      all.chosen = submit;
      list.append(all);
    }
    var options = list.querySelectorAll('[role="option"]');
    options.forEach(function (option, i) { option.id = "palette-" + i; });
    mark(options[0]);
  }

  function mark(option) {
    list.querySelectorAll('[aria-selected="true"]').forEach(function (one) { one.removeAttribute("aria-selected"); });
    if (!option) { text.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(option, aside) {
    if (!option) return;
    if (option.chosen) { option.chosen(); return; }
    var address = option.dataset.href;
    if (!address) return;
    if (aside) window.open(address, "_blank"); else window.location.href = address;
  }

  function ask() {
    var typed = text.value.trim();
    clearTimeout(waiting);
    if (typed.length < 2) { found = { text: typed, html: "" }; show(); return; }
    waiting = setTimeout(function () {
      if (asked) asked.abort();
      asked = new AbortController();
      fetch(document.body.dataset.find, {
        method: "POST", body: new URLSearchParams({ text: typed }), signal: asked.signal,
        headers: { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf },
      }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
        found = { text: typed, html: html };
        if (text.value.trim() === typed) show();
      }).catch(function () { /* a newer one was asked */ });
    }, 120);
    show();
  }

  text.addEventListener("input", ask);
  palette.addEventListener("keydown", function (event) {
    var options = Array.from(list.querySelectorAll('[role="option"]'));
    var at = options.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(options[(at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (options.length) choose(options[at], event.ctrlKey || event.metaKey);
    } else if (event.key === "Tab") {
      event.preventDefault(); // one field alone: arrows choose
    }
  });
  list.addEventListener("click", function (event) {
    var option = event.target.closest('[role="option"]');
    if (option) choose(option, event.ctrlKey || event.metaKey);
  });
  list.addEventListener("mousemove", function (event) {
    var option = event.target.closest('[role="option"]');
    if (option && option.getAttribute("aria-selected") !== "true") mark(option);
  });
  document.addEventListener("orderwright:open", function (event) {
    if (event.detail === "palette") openPalette();
    if (event.detail === "shortcuts") openSheet();
  });
})();
