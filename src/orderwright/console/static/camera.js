// The camera as a scanner, on every browser alike: the decoder (WebAssembly) comes when the camera is opened first. A code
// counts once for as long as it is looked at: it counts again when it was out of sight for a moment.
(function () {
  "use strict";
  var LOOK_MS = 120, GONE_MS = 1200, WIDTH = 960;
  var FORMATS = ["Code128", "EAN13", "EAN8", "UPCA", "UPCE", "Code39", "ITF", "DataMatrix", "QRCode"];
  var open = null;

  function load(button) {
    if (window.ZXingWASM) return Promise.resolve();
    return new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = button.dataset.decoder;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    }).then(function () {
      window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: function () { return button.dataset.wasm; } } });
    });
  }
  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail: detail })); }

  function start(button) {
    var video = document.querySelector("[data-video]"), into = document.getElementById(button.dataset.camera);
    open = { video: video, button: button, into: into, text: "", seen: 0 };
    var mine = open;
    button.setAttribute("aria-pressed", "true");
    var wanted = { video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };
    navigator.mediaDevices.getUserMedia(wanted).then(function (stream) {
      mine.stream = stream;
      if (open !== mine) { stop(mine); return null; }
      video.srcObject = stream;
      video.hidden = false;
      return Promise.all([video.play(), load(button)]).then(function () { look(mine); });
    }).catch(function (error) {
      if (open === mine) close();
      var refused = error && (error.name === "NotAllowedError" || error.name === "NotFoundError");
      tell("camera-failed", refused ? "The camera may not be used. Type, or use a scanner." : "The camera cannot be read. Type, or use a scanner.");
    });
  }
  function stop(one) {
    if (one.stream) one.stream.getTracks().forEach(function (track) { track.stop(); });
    one.video.hidden = true;
    one.video.srcObject = null;
    one.button.setAttribute("aria-pressed", "false");
  }
  function close() {
    if (open) stop(open);
    open = null;
  }
  function look(mine) {
    if (open !== mine) return;
    if (!mine.video.isConnected) { close(); return; } // the page went on to another step
    if (!mine.video.videoWidth) { setTimeout(look, LOOK_MS, mine); return; }
    var canvas = mine.canvas = mine.canvas || document.createElement("canvas");
    canvas.width = Math.min(WIDTH, mine.video.videoWidth);
    canvas.height = Math.round(mine.video.videoHeight * canvas.width / mine.video.videoWidth);
    var pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(mine.video, 0, 0, canvas.width, canvas.height);
    var picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    window.ZXingWASM.readBarcodes(picture, { formats: FORMATS, maxNumberOfSymbols: 1, tryHarder: true }).then(function (found) {
      if (open !== mine) return;
      mine.video.dataset.looks = Number(mine.video.dataset.looks || 0) + 1;
      var now = Date.now(), text = found.length && found[0].isValid ? found[0].text.trim() : "";
      if (text && (text !== mine.text || now - mine.seen > GONE_MS)) took(mine, text);
      if (text) { mine.text = text; mine.seen = now; }
      setTimeout(look, LOOK_MS, mine);
    }).catch(function () {
      if (open === mine) close();
      tell("camera-failed", "The camera cannot be read here. Type, or use a scanner.");
    });
  }
  function took(mine, text) {
    if (!mine.into.matches("[data-scanner]")) { // one number into one field
      mine.into.value = text;
      tell("camera-read", text);
      close();
      return;
    }
    tell("scanned", text);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-camera]");
    if (!button) return;
    var again = open && open.button === button;
    close();
    if (!again) start(button);
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden) close(); });
  function ready() {
    if (!navigator.mediaDevices || !window.WebAssembly) return; // no camera without https
    document.querySelectorAll("[data-camera]").forEach(function (button) { button.hidden = false; });
  }
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("floor-shown", ready);
})();
