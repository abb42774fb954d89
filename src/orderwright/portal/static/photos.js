// Photos of phones are made smaller before they travel: five of 4 MB would be refused, and a train's network is slow.
// Without this script, or where a browser cannot, they are sent as they are.
"use strict";

const LONGEST = 2048; // pixels of the longer side: letters on a label can still be read
const SMALL_BYTES = 700_000; // what is smaller goes as it is

async function smaller(file) {
  if (file.size <= SMALL_BYTES) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  if (!made || made.size >= file.size) return file;
  return new File([made], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
}

for (const input of document.querySelectorAll('input[type="file"][data-photos]')) {
  let working = null; // while photos are made smaller; null when what stands in the field may travel
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    const made = Promise.all(chosen.map((file) => smaller(file).catch(() => file))).then((files) => {
      if (made !== working) return; // others were chosen meanwhile
      working = null;
      const kept = new DataTransfer();
      files.forEach((file) => kept.items.add(file));
      input.files = kept.files;
    });
    working = made;
  });
  input.form.addEventListener("submit", (event) => {
    if (!working) return;
    event.preventDefault();
    const button = event.submitter;
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    // A form that is being sent cannot be sent again from within: the next task asks anew, whatever was chosen since.
    working.finally(() =>
      setTimeout(() => {
        button.removeAttribute("aria-busy");
        input.form.requestSubmit(button);
      }),
    );
  });
}
