// The look of a portal as it is typed: colours, name, logo and texts are shown at once, and contrast is said
// (relative luminance and contrast ratio of WCAG 2.2). The server checks it again.
(() => {
  const ENOUGH = 4.5;
  const linear = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [red, green, blue] = [1, 3, 5].map((i) => linear(parseInt(colour.slice(i, i + 2), 16) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const show = (place) => {
    const colours = {};
    for (const input of place.querySelectorAll("[data-colour]")) colours[input.dataset.colour] = input.value;
    if (!colours.accent) return;
    for (const row of place.querySelectorAll("[data-contrast]")) {
      const [one, other] = row.dataset.contrast.split(" ");
      const ratio = contrast(colours[one], colours[other]);
      // What is just below must not be rounded up to enough.
      row.querySelector("[data-ratio]").textContent = (Math.floor(ratio * 10) / 10).toFixed(1);
      row.querySelector("[data-verdict]").textContent = ratio >= ENOUGH ? "enough" : "too little, 4.5 is needed";
    }
    const field = (name) => place.querySelector(`[name="${name}"]`)?.value ?? "";
    const language = field("language") || "en";
    for (const view of place.querySelectorAll("[data-view]")) {
      for (const [name, value] of Object.entries(colours)) view.style.setProperty(`--brand-${name}`, value);
      view.querySelector('[data-seen="name"]').textContent = field("name");
      for (const name of ["welcome", "footer"]) {
        view.querySelector(`[data-seen="${name}"]`).textContent = field(`texts.${language}.${name}`);
      }
    }
  };

  let chosen = null;
  const showLogo = (place) => {
    const file = place.querySelector('[name="logo"]')?.files?.[0];
    const gone = place.querySelector('[name="remove_logo"]')?.checked && !file;
    if (chosen) URL.revokeObjectURL(chosen);
    chosen = file ? URL.createObjectURL(file) : null;
    for (const view of place.querySelectorAll("[data-view]")) {
      const picture = view.querySelector("[data-seen-logo]");
      picture.dataset.kept ??= picture.getAttribute("src") ?? "";
      const source = gone ? "" : chosen || picture.dataset.kept;
      picture.hidden = !source;
      if (source) picture.src = source;
      view.querySelector('[data-seen="name"]').hidden = Boolean(source);
    }
  };

  const onChange = (event) => {
    const place = event.target.closest?.("[data-brand]");
    if (!place) return;
    show(place);
    if (event.type === "change" && ["logo", "remove_logo"].includes(event.target.name)) showLogo(place);
  };
  document.addEventListener("input", onChange);
  document.addEventListener("change", onChange);
  const all = () => document.querySelectorAll("[data-brand]").forEach(show);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
  all();
})();
