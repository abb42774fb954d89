// The floor: a scanner types into one field and ends with Enter; the answer is a large word, a sound, a colour. What was
// counted is kept on the device, and a step that could not be sent is kept with its key and sent again: done once.
(function () {
  "use strict";
  var OUTBOX = "orderwright.floor.outbox", MUTED = "orderwright.floor.muted";
  var body = document.body;
  var sending = false;

  function stored(name, other) {
    try { return JSON.parse(localStorage.getItem(name)) || other; } catch { return other; }
  }
  function store(name, value) {
    try { if (value === null) localStorage.removeItem(name); else localStorage.setItem(name, JSON.stringify(value)); } catch { /* full or forbidden: it is kept on the page only */ }
  }

  // ---- word, sound, vibration ----------------------------------------------------------------------------------------
  var audio = null;
  function beep(good) {
    if (navigator.vibrate) navigator.vibrate(good ? 40 : [120, 60, 120]);
    if (stored(MUTED, false) || !window.AudioContext) return;
    audio = audio || new AudioContext();
    if (audio.state === "suspended") audio.resume();
    var tone = audio.createOscillator(), loud = audio.createGain();
    tone.type = good ? "sine" : "square";
    tone.frequency.value = good ? 1320 : 180;
    loud.gain.value = 0.15;
    tone.connect(loud);
    loud.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + (good ? 0.09 : 0.35));
    body.dataset.beeps = Number(body.dataset.beeps || 0) + 1;
  }
  function say(text, good) {
    var word = document.getElementById("floor-word");
    if (word) {
      word.textContent = text;
      word.className = "floor-word " + (good ? "floor-good" : "floor-bad");
    }
    beep(good);
  }
  function kept(text) {
    var place = document.getElementById("floor-kept");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  // ---- steps that are sent, and sent again ------------------------------------------------------------------------------
  // One after the other, in the order in which they were made. `after`: go on with the page that the step leads to.
  function send(address, fields, after) {
    var box = stored(OUTBOX, []);
    box.push({ address: address, fields: fields, after: after });
    store(OUTBOX, box);
    flush();
  }
  function flush() {
    var box = stored(OUTBOX, []);
    if (sending || !box.length) { if (!box.length) kept(""); return; }
    sending = true;
    var first = box[0];
    fetch(first.address, {
      method: "POST", body: new URLSearchParams(first.fields),
      headers: { "HX-Request": "true", "X-CSRF-Token": body.dataset.csrf },
    }).then(function (answer) {
      if (answer.status >= 500) throw new Error("not taken");
      return answer.text().then(function (html) { return [answer, html]; });
    }).then(function (both) {
      var answer = both[0], html = both[1];
      sending = false;
      store(OUTBOX, stored(OUTBOX, []).slice(1));
      kept("");
      if (answer.status === 204) {
        if (first.after) forget(first.address);
        if (first.after && here(first.address)) {
          window.location.href = answer.headers.get("HX-Redirect") || window.location.href;
          return;
        }
      } else if (first.after && here(first.address)) {
        shown(html);
      } else if (first.after) {
        kept("A step that was kept was not taken: open that work again.");
      }
      flush();
    }).catch(function () {
      sending = false;
      kept("No connection. " + (box.length === 1 ? "One step is" : box.length + " steps are") + " kept on this device and sent when it is back.");
      setTimeout(flush, 3000);
    });
  }
  function here(address) { return document.getElementById("floor") && address.indexOf("/" + document.getElementById("floor").dataset.fulfillment + "/") > 0; }
  function shown(html) {
    document.getElementById("content").innerHTML = html;
    if (window.htmx) window.htmx.process(document.getElementById("content"));
    ready();
  }
  window.addEventListener("online", flush);

  // ---- counting ----------------------------------------------------------------------------------------------------------
  var times = 1;
  function lines() { return Array.from(document.querySelectorAll("[data-line]")); }
  function found(line) { return line.querySelector("[data-found]"); }
  function place() {
    var floor = document.getElementById("floor");
    return floor ? "orderwright.floor.counts." + floor.dataset.fulfillment : "";
  }
  function forget(address) {
    var named = /\/floor\/(ful_[a-z0-9]+)\//.exec(address);
    if (named) store("orderwright.floor.counts." + named[1], null);
  }
  function keep() {
    var counts = {};
    lines().forEach(function (line) { counts[line.dataset.at] = Number(found(line).value) || 0; });
    store(place(), counts);
    look();
  }
  function look() {
    var all = lines().length > 0;
    lines().forEach(function (line) {
      var full = Number(found(line).value) >= Number(line.dataset.wanted);
      line.classList.toggle("is-full", full);
      all = all && full;
    });
    return all;
  }
  function begin() {
    var floor = document.getElementById("floor");
    if (floor.dataset.state !== "released" || floor.dataset.begun) return;
    floor.dataset.begun = "yes";
    send(floor.dataset.start, { _key: "start-" + floor.dataset.fulfillment + "-" + floor.dataset.version }, false);
  }
  function same(a, b) { return a.toLowerCase() === b.toLowerCase(); }
  function gtin(a, b) { return b !== "" && /^\d{8,14}$/.test(a) && a.replace(/^0+/, "") === b.replace(/^0+/, ""); }

  function count(text) {
    var matching = lines().filter(function (line) { return same(text, line.dataset.sku) || gtin(text, line.dataset.gtin); });
    if (!matching.length && /^\d{1,3}$/.test(text) && Number(text) > 0) {
      times = Number(text);
      say(times + " ×: scan the item", true);
      return;
    }
    var now = times;
    times = 1;
    if (!matching.length) { say("Wrong item: " + text, false); return; }
    var room = matching.reduce(function (sum, line) { return sum + Number(line.dataset.wanted) - Number(found(line).value); }, 0);
    if (room < now) { say(room > 0 ? "Too many: " + room + " more wanted" : "Enough: none more wanted", false); return; }
    begin();
    matching.forEach(function (line) {
      var takes = Math.min(now, Number(line.dataset.wanted) - Number(found(line).value));
      found(line).value = Number(found(line).value) + takes;
      now -= takes;
    });
    keep();
    var last = matching[matching.length - 1];
    say(look() ? "All there: confirm the pick" : found(last).value + " of " + last.dataset.wanted, true);
  }

  document.addEventListener("keydown", function (event) {
    var field = event.target.closest("[data-scanner]");
    if (!field || event.key !== "Enter") return;
    var text = field.value.trim();
    if (!document.getElementById("floor")) return; // the list: the form is sent
    event.preventDefault();
    field.value = "";
    if (text) count(text);
    else if (look()) document.querySelector("[data-step=pick]").requestSubmit();
  });
  // A scanner ends with Enter in the fields of parcels too: that neither adds a parcel nor reports them.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.target.matches("form[data-step=pack] input")) return;
    event.preventDefault();
    if (event.target.value.trim()) beep(true);
  });
  document.addEventListener("input", function (event) { if (event.target.closest("[data-found]")) keep(); });

  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-step]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.step === "pick" && !look()) {
      var short = document.querySelector("[data-short]");
      if (short && short.hidden) { short.hidden = false; say("Not all is there: say why", false); short.querySelector("select").focus(); return; }
    }
    if (form.dataset.gone) return;
    form.dataset.gone = "yes";
    var fields = Array.from(new FormData(form));
    if (event.submitter && event.submitter.name) fields.push([event.submitter.name, event.submitter.value]);
    send(form.getAttribute("action"), fields, true);
  }, true);

  // A scan on the list opens work. Without a network it says so, and what was scanned stays to be sent again.
  document.addEventListener("submit", function (event) {
    var form = event.target.closest(".floor-scan-form");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.gone) return;
    form.dataset.gone = "yes";
    var field = form.querySelector("[data-scanner]");
    fetch(form.getAttribute("action"), {
      method: "POST", body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true", "X-CSRF-Token": body.dataset.csrf },
    }).then(function (answer) {
      if (answer.status >= 500) throw new Error("not taken");
      if (answer.status === 204) { window.location.href = answer.headers.get("HX-Redirect") || window.location.href; return null; }
      return answer.text().then(shown);
    }).catch(function () {
      delete form.dataset.gone;
      say("No connection. Scan it again when it is back.", false);
      field.select();
    });
  }, true);

  // Focus comes back to the scanner's field, except where somebody types or chooses.
  document.addEventListener("focusout", function () {
    setTimeout(function () {
      var field = document.querySelector("[data-scanner]"), now = document.activeElement;
      if (field && (!now || now === body) && !document.querySelector("dialog[open]")) field.focus();
    }, 0);
  });

  document.addEventListener("click", function (event) {
    var sound = event.target.closest("[data-sound]");
    if (sound) { store(MUTED, !stored(MUTED, false)); sounds(); focusScanner(); }
  });
  function sounds() {
    document.querySelectorAll("[data-sound]").forEach(function (button) { button.setAttribute("aria-pressed", String(!stored(MUTED, false))); });
  }
  function focusScanner() {
    var field = document.querySelector("[data-scanner]");
    if (field) field.focus();
  }

  // ---- the camera (camera.js) scans as a scanner does -----------------------------------------------------------------------
  document.addEventListener("scanned", function (event) {
    var field = document.querySelector("[data-scanner]");
    if (document.getElementById("floor")) { count(event.detail); return; }
    field.value = event.detail;
    field.form.requestSubmit();
  });
  document.addEventListener("camera-read", function () { beep(true); });
  document.addEventListener("camera-failed", function (event) { say(event.detail, false); });

  function ready() {
    var counts = place() ? stored(place(), null) : null;
    var floor = document.getElementById("floor");
    if (floor && (floor.dataset.state === "released" || floor.dataset.state === "picking") && counts) {
      lines().forEach(function (line) {
        var before = counts[line.dataset.at];
        if (before !== undefined) found(line).value = Math.min(before, Number(line.dataset.wanted));
      });
    }
    look();
    sounds();
    if (document.querySelector("[data-beep=bad]")) beep(false);
    document.dispatchEvent(new CustomEvent("floor-shown"));
    focusScanner();
    flush();
  }
  document.addEventListener("DOMContentLoaded", ready);
})();
