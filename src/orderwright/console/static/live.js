// The live page: keeps times relative, says when the connection is lost, and lets nothing jump while it is read.
(function () {
  "use strict";
  var SILENCE_MS = 25000; // the server says something every 10 s at least
  var root = document.getElementById("live");
  var follow = document.getElementById("follow");
  var clock = document.getElementById("clock");
  var serverAhead = Date.parse(clock.dataset.server) - Date.now();
  var heardAt = Date.now();
  var source = null;
  var FLOW_MS = 4000; // new rows come in by themselves at most so often: faster, nobody can read them
  var held = {}; // id of a part -> its newest text, until it may be shown
  var shownAt = {}; // id of a part -> when its rows changed last
  var touched = null; // the part that a finger is on, or was a moment ago

  function now() { return Date.now() + serverAhead; }

  // ---- times -------------------------------------------------------------------------------------------------------
  function span(ms) {
    var s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return s + " s";
    if (s < 3600) return Math.floor(s / 60) + " min";
    if (s < 172800) return Math.floor(s / 3600) + " h";
    return Math.floor(s / 86400) + " d";
  }

  function sayTimes() {
    document.querySelectorAll("time[data-ago]").forEach(function (time) {
      var passed = now() - Date.parse(time.dateTime);
      var text = passed < 5000 ? "just now" : span(passed) + " ago";
      if (time.textContent !== text) time.textContent = text;
    });
  }

  var clockFormat = new Intl.DateTimeFormat("en-US", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone, timeZoneName: "short",
  });

  function sayClock() {
    var at = {};
    clockFormat.formatToParts(new Date(now())).forEach(function (part) { at[part.type] = part.value; });
    clock.textContent = at.weekday + " " + at.day + " " + at.month + " " + at.year + ", " +
      at.hour + ":" + at.minute + ":" + at.second + " " + at.timeZoneName;
  }

  // ---- connection --------------------------------------------------------------------------------------------------
  function connection(state) {
    var box = document.getElementById("connection");
    box.querySelectorAll("[data-state]").forEach(function (part) {
      if (part.hidden === (part.dataset.state === state)) part.hidden = part.dataset.state !== state;
    });
    root.classList.toggle("is-lost", state === "lost");
    if (state === "lost") {
      document.getElementById("lost-since").textContent = "as of " + span(Date.now() - heardAt) + " ago, trying again";
    }
  }

  function heard() {
    heardAt = Date.now();
    connection("live");
  }

  // The extension closes and opens the source by itself; kept here to give up one that has gone silent.
  htmx.createEventSource = function (url) {
    source = new EventSource(url);
    return source;
  };
  root.addEventListener("htmx:sseOpen", heard);
  root.addEventListener("htmx:sseError", function () { connection("lost"); });

  setInterval(function () {
    sayClock();
    sayTimes();
    var silent = Date.now() - heardAt;
    if (silent > SILENCE_MS || root.classList.contains("is-lost")) connection("lost");
    if (silent > SILENCE_MS && source && source.readyState === EventSource.OPEN) {
      source.close(); // a cable that was pulled says nothing: make the extension connect anew
      source.onerror(new Event("error"));
    }
  }, 1000);

  // ---- parts -------------------------------------------------------------------------------------------------------
  function count(html) {
    var found = /data-count="(\d+)"/.exec(html);
    return found ? Number(found[1]) : 0;
  }

  function shownCount(part) {
    var marked = part.querySelector("[data-count]");
    return marked ? Number(marked.dataset.count) : 0;
  }

  function isRead(part) {
    var chosen = window.getSelection();
    return part.matches(":hover") || part.matches(":focus-visible") ||
      part.querySelector(":focus-visible") !== null || part === touched ||
      (chosen !== null && !chosen.isCollapsed && part.contains(chosen.anchorNode));
  }

  function show(part, html) {
    var known = {};
    part.querySelectorAll("[data-row]").forEach(function (row) { known[row.dataset.row] = true; });
    delete held[part.id];
    shownAt[part.id] = Date.now();
    part.innerHTML = html;
    if (Object.keys(known).length) {
      part.querySelectorAll("[data-row]").forEach(function (row) { row.classList.toggle("is-new", !known[row.dataset.row]); });
    }
    sayTimes();
    var button = document.querySelector('[data-show-news="' + part.id + '"]');
    if (button) button.hidden = true;
  }

  // Rows that stay get their new state in place; new rows wait behind a button that says how many there are.
  function announce(part, html) {
    var news = count(html) - shownCount(part);
    var fresh = document.createElement("template");
    fresh.innerHTML = html;
    part.querySelectorAll("[data-row]").forEach(function (row) {
      var twin = fresh.content.querySelector('[data-row="' + row.dataset.row + '"]');
      var old = row.querySelector("[data-live]");
      if (twin && old) {
        var text = twin.querySelector("[data-live]").innerHTML;
        if (old.innerHTML !== text) old.innerHTML = text;
      }
    });
    if (news <= 0) return;
    held[part.id] = html;
    if (follow.checked && !isRead(part)) return; // they come in a moment
    var button = document.querySelector('[data-show-news="' + part.id + '"]');
    var text = "Show " + news.toLocaleString("en-US") + " new " + part.dataset.noun + (news === 1 ? "" : "s");
    if (button.textContent !== text) button.textContent = text;
    if (button.hidden) {
      button.hidden = false;
      document.getElementById("announcer").textContent = "There are new " + part.dataset.noun + "s";
    }
  }

  document.body.addEventListener("htmx:sseBeforeMessage", function (event) {
    var part = event.target;
    var html = event.detail.data;
    heard();
    if (part.dataset.calm === "rows") {
      event.preventDefault();
      if (!part.querySelector("[data-row]")) show(part, html); else { announce(part, html); flow(part); }
    } else if (part.dataset.calm === "hold" && isRead(part)) {
      event.preventDefault();
      held[part.id] = html;
    }
  });

  document.body.addEventListener("htmx:sseMessage", function (event) {
    var part = event.target;
    if (part.id === "charts-feed") window.orderwrightCharts.show(event.detail.data);
    if (part.id === "live-trouble") part.hidden = part.textContent === "";
    sayTimes();
  });

  function release(part) {
    if (part && held[part.id] !== undefined) show(part, held[part.id]);
  }

  // New rows come in when nobody reads the list, all that have come meanwhile at once.
  function flow(part) {
    if (held[part.id] === undefined || !follow.checked || isRead(part)) return;
    if (Date.now() - (shownAt[part.id] || 0) >= FLOW_MS) show(part, held[part.id]);
  }

  setInterval(function () { document.querySelectorAll('[data-calm="rows"]').forEach(flow); }, 1000);
  root.addEventListener("touchstart", function (event) {
    touched = event.target.closest("[data-calm]");
  }, { passive: true });
  root.addEventListener("touchend", function () {
    var part = touched;
    setTimeout(function () { if (touched === part) touched = null; }, 5000);
  }, { passive: true });

  document.querySelectorAll('[data-calm="hold"]').forEach(function (part) {
    part.addEventListener("mouseleave", function () { release(part); });
    part.addEventListener("focusout", function () { setTimeout(function () { if (!isRead(part)) release(part); }); });
  });

  document.querySelectorAll("[data-show-news]").forEach(function (button) {
    button.addEventListener("click", function () {
      var part = document.getElementById(button.dataset.showNews);
      release(part);
      part.setAttribute("tabindex", "-1");
      part.focus({ preventScroll: true });
    });
  });

  // ---- following ---------------------------------------------------------------------------------------------------
  try { follow.checked = localStorage.getItem("orderwright-follow") !== "0"; } catch { /* private window */ }
  function sayPace() {
    document.querySelectorAll(".pace").forEach(function (note) {
      note.textContent = follow.checked ? note.dataset.on : note.dataset.off;
    });
  }

  sayPace();
  follow.addEventListener("change", function () {
    sayPace();
    try { localStorage.setItem("orderwright-follow", follow.checked ? "1" : "0"); } catch { /* private window */ }
    if (follow.checked) document.querySelectorAll('[data-calm="rows"]').forEach(release);
    else document.querySelectorAll('[data-calm="rows"]').forEach(function (part) { if (held[part.id]) announce(part, held[part.id]); });
  });

  sayTimes();
})();
