// Every page: times that stay relative, dialogs, previews of what a form would do, toasts, news of what changed.
(function () {
  "use strict";
  var body = document.body;
  var OFFLINE = "This device is offline. The page shows how things were; nothing that is sent now arrives.";

  // ---- times -------------------------------------------------------------------------------------------------------
  function span(ms) {
    var s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return s + " s";
    if (s < 3600) return Math.floor(s / 60) + " min";
    if (s < 172800) return Math.floor(s / 3600) + " h";
    return Math.floor(s / 86400) + " d";
  }

  function sayTimes(root) {
    (root || document).querySelectorAll("time[data-ago]").forEach(function (time) {
      var passed = Date.now() - Date.parse(time.dateTime);
      var text = passed < -5000 ? "in " + span(-passed) : passed < 5000 ? "just now" : span(passed) + " ago";
      if (time.textContent !== text) time.textContent = text;
    });
  }
  setInterval(sayTimes, 15000);

  // ---- htmx --------------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-CSRF-Token"] = body.dataset.csrf;
  });
  document.addEventListener("htmx:sendError", function () { trouble("The server does not answer. Nothing was changed; try again in a moment."); });
  document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful) trouble(""); });
  document.addEventListener("htmx:afterSwap", function (event) { ready(event.target); });

  function trouble(text) {
    var box = document.getElementById("trouble");
    if (!box || box.dataset.kept) return;
    box.textContent = text || (navigator.onLine ? "" : OFFLINE); // what was answered just before does not bring the network back
    box.hidden = !box.textContent;
  }

  // ---- dialogs -----------------------------------------------------------------------------------------------------
  // A link with data-dialog leads to a page with a form; here the form comes to the reader instead.
  function openDialog(link) {
    var dialog = document.getElementById("dialog");
    var place = document.getElementById("dialog-body");
    dialog.classList.toggle("dialog-wide", link.dataset.dialog === "wide");
    dialog.classList.toggle("dialog-side", link.dataset.dialog === "side");
    place.classList.add("form-place");
    htmx.ajax("GET", link.getAttribute("href"), { target: place, swap: "innerHTML" }).then(function () {
      if (!dialog.open && place.childElementCount) dialog.showModal();
      var fields = "input:not([type=hidden]), select, textarea, button";
      var first = place.querySelector("[autofocus]") || place.querySelector(".dialog-part :is(" + fields + ")") || place.querySelector(fields);
      if (first) first.focus();
    });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-dialog]");
    if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      closeMenus();
      openDialog(link);
      return;
    }
    var opener = event.target.closest("[data-opens]");
    if (opener) {
      var nav = document.getElementById("nav");
      if (nav && nav.matches(":popover-open")) nav.hidePopover();
      closeMenus();
      document.dispatchEvent(new CustomEvent("orderwright:open", { detail: opener.dataset.opens }));
      return;
    }
    var closer = event.target.closest("[data-closes]");
    if (closer) {
      var box = closer.closest("dialog, [data-toast]");
      if (box && box.tagName === "DIALOG") { event.preventDefault(); box.close(); }
      else if (box) box.remove();
      return;
    }
    if (event.target.tagName === "DIALOG") event.target.close(); // its backdrop
    if (!event.target.closest("details.menu, details.nav-person, details.nav-switch")) closeMenus();
  });

  // Menus close by Escape too, and give the focus back.
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && event.target.closest("details[open].menu, details[open].nav-person, details[open].nav-switch");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  function closeMenus() {
    document.querySelectorAll("details.menu[open], details.nav-person[open], details.nav-switch[open]").forEach(function (menu) { menu.open = false; });
  }

  document.addEventListener("close", function (event) {
    if (event.target.id === "dialog") document.getElementById("dialog-body").textContent = "";
  }, true);

  // ---- previews: a form asks what it would do whenever it changes ----------------------------------------------------
  var asking = null;
  function preview(form) {
    var place = form.querySelector(".preview");
    if (!place) return;
    clearTimeout(form.waiting);
    form.waiting = setTimeout(function () {
      if (asking) asking.abort();
      asking = new AbortController();
      fetch(form.dataset.preview, {
        method: "POST", body: new URLSearchParams(new FormData(form)), signal: asking.signal,
        headers: { "HX-Request": "true", "X-CSRF-Token": body.dataset.csrf },
      }).then(function (answer) { return answer.text(); }).then(function (html) {
        place.innerHTML = html;
        ready(place);
      }).catch(function () { /* a newer one is asked, or the server is away: the button still says the truth */ });
    }, 250);
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-preview]");
    if (form) preview(form);
  });

  // A form without htmx is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("hx-post") || form.method !== "post" || form.hasAttribute("data-many")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });

  // ---- toasts ------------------------------------------------------------------------------------------------------
  function fade(toast) {
    var left = 9000, timer = null;
    function start() { timer = setTimeout(function () { toast.remove(); }, left); }
    toast.addEventListener("mouseenter", function () { clearTimeout(timer); });
    toast.addEventListener("mouseleave", start);
    if (!toast.classList.contains("toast-red")) start();
  }

  // ---- news: what changed on the server while this page is read -------------------------------------------------------
  // An element with data-news="orders" or data-news="order:ord_..." is told how many there are, and offers to show them.
  var known = ""; // up to where this page was told already
  var lost = 0; // the connection is: it outlives a stream that was given up
  function listen() {
    var places = document.querySelectorAll("[data-news]");
    if (!places.length || !body.dataset.find) return;
    var topics = Array.from(places, function (place) { return place.dataset.news; });
    var address = body.dataset.find.replace(/\/find$/, "/news?topics=") + encodeURIComponent(topics.join(",")) + "&after=" + (known || body.dataset.newsAfter);
    var source = new EventSource(address);
    source.addEventListener("news", function (event) {
      known = event.lastEventId || known;
      var said = JSON.parse(event.data);
      places.forEach(function (place) {
        var count = said[place.dataset.news];
        if (count) announce(place, count);
      });
    });
    source.addEventListener("open", function () {
      if (!lost) return;
      clearTimeout(lost);
      lost = 0;
      trouble("");
    });
    source.addEventListener("away", function () { trouble("The database cannot be reached at the moment. This page shows how things were; it goes on by itself."); });
    source.addEventListener("back", function () { trouble(""); });
    source.addEventListener("error", function () {
      if (!lost) lost = setTimeout(function () { trouble(navigator.onLine ? "The connection is lost. This page shows how things were; it tries again by itself." : OFFLINE); }, 3000);
      if (source.readyState === EventSource.CLOSED) setTimeout(function () { source.close(); listen(); }, 10000); // refused: the browser gives up
    });
    window.addEventListener("pagehide", function () { clearTimeout(lost); source.close(); }, { once: true });
  }

  // Gone back to: the page is as it was left. What it was told since is caught up, and its forms can be sent again.
  window.addEventListener("pageshow", function (event) {
    var came = performance.getEntriesByType("navigation")[0];
    if (!event.persisted && came && came.type === "back_forward") stillHere(); // it may be shown as the browser has it on disk
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
    document.querySelectorAll("[data-toast]").forEach(function (toast) { toast.remove(); });
    closeMenus();
    sayTimes();
    listen();
    stillHere();
  });

  // Whoever went back may have signed out meanwhile, here or elsewhere: then what was kept is not shown any longer.
  function stillHere() {
    if (!body.dataset.find) return;
    fetch(body.dataset.find.replace(/\/find$/, "/here"), { redirect: "manual", cache: "no-store" }).then(function (answer) {
      if (answer.status === 204) return;
      document.documentElement.hidden = true;
      window.location.reload();
    }).catch(function () { /* no network: the stream of news says so */ });
  }
  window.addEventListener("offline", function () { trouble(OFFLINE); });
  window.addEventListener("online", function () { trouble(""); });

  function announce(place, count) {
    var all = Number(place.dataset.count || 0) + count;
    place.dataset.count = all;
    if (place.dataset.newsRefresh) { // a part that renews itself in place
      if (!document.hidden && !place.contains(document.activeElement)) {
        htmx.ajax("GET", place.dataset.newsRefresh, { target: place, swap: "innerHTML" });
      }
      return;
    }
    var noun = place.dataset.noun || "change";
    var button = place.querySelector("button, a");
    if (button) button.textContent = all ? all.toLocaleString(body.dataset.locale) + " new " + noun + (all === 1 ? "" : "s") + ": show" : "Show what is new";
    place.hidden = false;
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-reload]")) window.location.reload();
  });

  function ready(root) {
    sayTimes(root);
    root.querySelectorAll("[data-toast]").forEach(fade);
    root.querySelectorAll("form[data-preview]").forEach(preview);
    var errors = root.querySelector(".form-errors");
    if (errors) errors.focus();
  }

  window.orderwright = { span: span, sayTimes: sayTimes, trouble: trouble, ready: ready, openDialog: openDialog };
  document.addEventListener("DOMContentLoaded", function () { ready(document); listen(); });
})();
