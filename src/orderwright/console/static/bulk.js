// A selection of orders: what is asked is done chunk by chunk, with progress, what became of each, and a way back.
(function () {
  "use strict";
  var RUN = "orderwright-bulk-said";

  function numberOf(id) {
    var row = document.querySelector('[data-rows] > tr[data-id="' + id + '"] a.open');
    return row ? row.textContent.trim() : id;
  }

  function say(count) { return count.toLocaleString(document.body.dataset.locale); }

  function send(address, fields) {
    return fetch(address, {
      method: "POST", body: new URLSearchParams(fields),
      headers: { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf },
    }).then(function (answer) {
      return answer.text().then(function (html) {
        var place = new DOMParser().parseFromString(html, "text/html");
        if (!answer.ok) throw new Error(place.body.textContent.trim().replace(/\s+/g, " "));
        return place.querySelectorAll(".results > li");
      });
    });
  }

  // Runs ids in chunks, one after the other. A chunk that found no server is asked once more with the same key.
  function run(address, fields, ids, size, told) {
    var at = 0, again = 0;
    function next() {
      if (at >= ids.length) return Promise.resolve();
      var some = ids.slice(at, at + size);
      return send(address, Object.assign({}, fields, { ids: some.join(","), n: at })).then(function (items) {
        again = 0;
        at += some.length;
        told(at, items);
        return next();
      }, function (error) {
        if (error instanceof TypeError && again++ < 3) {
          return new Promise(function (done) { setTimeout(done, 1500 * again); }).then(next);
        }
        throw error;
      });
    }
    return next();
  }

  function fieldsOf(form) {
    var fields = {};
    new FormData(form).forEach(function (value, name) { fields[name] = value; });
    return fields;
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-bulk-run")) return;
    event.preventDefault();
    if (form.dataset.running) return;
    form.dataset.running = "yes";
    var fields = fieldsOf(form);
    start(form, fields, fields.ids.split(","), []);
  });

  function start(form, fields, ids, before) {
    var box = form.parentNode.querySelector(".bulk-progress");
    var bar = box.querySelector("progress"), said = box.querySelector(".bulk-said"), list = box.querySelector(".results");
    var after = box.querySelector(".bulk-after"), done = before.slice(), refused = [];
    form.hidden = true;
    box.hidden = false;
    after.hidden = true;
    list.textContent = "";
    bar.max = ids.length;
    bar.value = 0;
    said.textContent = "0 of " + say(ids.length) + " orders";
    run(form.action, fields, ids, Number(form.dataset.chunk), function (at, items) {
      items.forEach(function (item) {
        var link = item.querySelector("a");
        link.textContent = numberOf(item.dataset.id);
        (item.dataset.ok === "yes" ? done : refused).push(item.dataset.id);
        if (item.dataset.ok === "yes") list.append(item); else list.prepend(item);
      });
      bar.value = at;
      said.textContent = say(at) + " of " + say(ids.length) + " orders" + (refused.length ? ", " + say(refused.length) + " not done" : "");
    }).catch(function (error) {
      refused = refused.concat(ids.slice(bar.value));
      orderwright.trouble(error instanceof TypeError ? "" : error.message);
      return error instanceof TypeError ? "The server does not answer. What is not in the list below was not done, or is not known: trying again does nothing twice." : error.message;
    }).then(function (trouble) {
      said.textContent = (trouble ? trouble + " " : "") + say(done.length) + " " + form.dataset.done + (refused.length ? ", " + say(refused.length) + " not done" : "") + ".";
      after.hidden = false;
      var retry = after.querySelector("[data-bulk-retry]"), undo = after.querySelector("[data-bulk-undo]");
      retry.hidden = !refused.length;
      retry.textContent = "Try the " + say(refused.length) + " again";
      retry.onclick = function () {
        var fresh = Object.assign({}, fields, trouble ? {} : { _key: fields._key + "-" + Date.now() });
        start(form, fresh, refused, done);
      };
      undo.hidden = !done.length || !form.dataset.undo;
      undo.textContent = form.dataset.undoWord || "";
      undo.onclick = function () {
        after.hidden = true;
        takeBack({ address: form.dataset.undo, ids: done, tag: fields.tag, key: fields._key + "-undo" }, function (text) { said.textContent = text; }).then(function () {
          after.hidden = false;
          undo.hidden = true;
        });
      };
      after.querySelector("[data-bulk-csv]").onclick = function () { download(list); };
      after.querySelector("[data-bulk-close]").onclick = function () {
        if (done.length) keep({ text: say(done.length) + (done.length === 1 ? " order " : " orders ") + form.dataset.done + ".", address: undo.hidden ? "" : form.dataset.undo, word: form.dataset.undoWord, ids: done, tag: fields.tag, key: fields._key + "-undo" });
        showList();
      };
      after.querySelector("[data-bulk-close]").focus();
    });
  }

  function takeBack(what, told) {
    var fields = { _key: what.key };
    if (what.tag) fields.tag = what.tag;
    var good = 0;
    return run(what.address, fields, what.ids, 100, function (at, items) {
      items.forEach(function (item) { if (item.dataset.ok === "yes") good += 1; });
      told(say(at) + " of " + say(what.ids.length) + " orders");
    }).then(function () { told("Taken back for " + say(good) + (good === 1 ? " order." : " orders.")); },
      function (error) { told(error.message); });
  }

  function showList() {
    var asked = document.getElementById("asked");
    if (asked && asked.elements.q.value) asked.submit(); else window.location.reload();
  }

  function keep(what) { try { sessionStorage.setItem(RUN, JSON.stringify(what)); } catch { /* no way back from the toast then */ } }

  // What was done is said after the list was shown anew, with its way back.
  function sayDone() {
    var what = null;
    try { what = JSON.parse(sessionStorage.getItem(RUN)); sessionStorage.removeItem(RUN); } catch { /* nothing to say */ }
    var place = document.getElementById("toasts");
    if (!what || !place) return;
    var toast = document.createElement("div"), text = document.createElement("p");
    toast.className = "toast-said toast-green";
    toast.dataset.toast = "";
    text.textContent = what.text;
    toast.append(text);
    if (what.address) {
      var undo = document.createElement("button");
      undo.type = "button";
      undo.className = "btn btn-link";
      undo.textContent = what.word;
      undo.addEventListener("click", function () {
        undo.remove();
        toast.classList.add("toast-red"); // it stays until it was read
        takeBack(what, function (said) { text.textContent = said; }).then(showList);
      });
      toast.append(undo);
    }
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-icon";
    close.dataset.closes = "";
    close.setAttribute("aria-label", "Dismiss");
    close.textContent = "×";
    toast.append(close);
    place.append(toast);
    orderwright.ready(place);
  }

  function download(list) {
    var lines = ["order,id,done,what"];
    list.querySelectorAll("li").forEach(function (item) {
      var cells = [item.querySelector("a").textContent.trim(), item.dataset.id, item.dataset.ok, item.querySelector(".outcome").textContent.trim().replace(/\s+/g, " ")];
      lines.push(cells.map(function (cell) { return '"' + (/^[=+\-@\t]/.test(cell) ? "'" : "") + cell.replace(/"/g, '""') + '"'; }).join(","));
    });
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "results.csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-unselect]")) return;
    document.querySelectorAll(".pick input").forEach(function (box) { box.checked = false; });
    document.querySelector("[data-rows]").dispatchEvent(new CustomEvent("orderwright:selection", { bubbles: true }));
  });
  document.addEventListener("DOMContentLoaded", sayDone);
})();
