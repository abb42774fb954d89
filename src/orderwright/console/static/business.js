// Your business: a code proposed from the name while it is typed, and the time zone of this device.
(function () {
  "use strict";
  var form = document.querySelector("form[data-business]");
  if (!form) return;
  var name = form.elements.name, code = form.elements.code, zone = form.elements.time_zone, own = code.value !== "";

  function propose() {
    if (own) return;
    code.value = name.value.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase()
      .replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+/, "").slice(0, 40).replace(/_+$/, "");
  }
  name.addEventListener("input", propose);
  code.addEventListener("input", function () { own = code.value !== ""; });
  propose();

  var here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!name.value && Array.from(zone.options).some(function (one) { return one.value === here; })) zone.value = here;
})();
