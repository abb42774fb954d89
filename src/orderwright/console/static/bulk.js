// Many orders: all that a list finds, the selection as a file, and the way back to the list from what was done.
(function () {
  "use strict";

  function bar() { return document.querySelector(".bulk"); }
  function boxes() { return Array.from(document.querySelectorAll("[data-rows] .pick input")); }

  // "Select all 12,345 that match" is offered once all rows that are shown are ticked and the list has more.
  function offer() {
    var place = bar(), button = place && place.querySelector("[data-all-match]");
    if (!button) return;
    var said = document.querySelector("[data-matching]");
    var all = boxes();
    var whole = all.length > 0 && all.every(function (box) { return box.checked; });
    if (!whole) delete place.dataset.all;
    var more = document.querySelector("[data-rows] > tr.more");
    place.querySelector("[data-all-shown]").hidden = whole;
    button.hidden = !whole || !more || Boolean(place.dataset.all);
    button.textContent = said ? "Select all " + said.dataset.matching + " that match" : "Select all that match";
    if (place.dataset.all) place.querySelector(".bulk-count").textContent = said ? "All " + said.dataset.matching + " that match are selected" : "All that match are selected";
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-all-match]")) {
      bar().dataset.all = "yes";
      document.dispatchEvent(new CustomEvent("orderwright:selection"));
      bar().querySelector("a[data-bulk]").focus();
      return;
    }
    if (event.target.closest("[data-all-shown]")) {
      boxes().forEach(function (box) { box.checked = true; });
      document.dispatchEvent(new CustomEvent("orderwright:selection"));
      var match = bar().querySelector("[data-all-match]");
      if (!match.hidden) match.focus();
      return;
    }
    if (event.target.closest("[data-unselect]")) {
      boxes().forEach(function (box) { box.checked = false; });
      document.dispatchEvent(new CustomEvent("orderwright:selection"));
      return;
    }
    var file = event.target.closest("[data-export-selected]");
    if (file) { take(file.dataset.exportSelected); return; }
    var seen = event.target.closest("[data-run-seen]");
    if (!seen || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    leave(seen);
  });

  // What was done is said on the list, which is shown as it was asked for.
  function leave(link) {
    var told = new URLSearchParams({ _csrf: document.body.dataset.csrf });
    fetch(link.dataset.runSeen, { method: "POST", body: told, redirect: "manual" }).catch(function () { /* said by nobody then */ }).then(function () {
      var asked = document.getElementById("asked");
      if (!asked) window.location.assign(link.href);
      else if (asked.elements.q.value) asked.submit();
      else window.location.reload();
    });
  }

  // The selection, or all that match, as a file: the form of the list, sent to another address.
  function take(address) {
    var asked = document.getElementById("asked");
    if (!asked) return;
    var form = asked.cloneNode(true), ids = document.createElement("input");
    form.removeAttribute("id");
    form.action = address;
    if (!bar().dataset.all) {
      ids.type = "hidden";
      ids.name = "ids";
      ids.value = boxes().filter(function (box) { return box.checked; }).map(function (box) { return box.value; }).join(",");
      form.append(ids);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  window.orderwrightAllMatching = function () {
    var place = bar(), asked = document.getElementById("asked");
    if (!place || !place.dataset.all || !asked) return null;
    var fields = { all: "true" };
    new FormData(asked).forEach(function (value, name) {
      if (name !== "_csrf") fields[name] = fields[name] === undefined ? value : [].concat(fields[name], value);
    });
    return fields;
  };
  document.addEventListener("orderwright:selected", offer);
  document.addEventListener("htmx:afterSwap", offer);
})();
