// Sends files: dropped or chosen, with a bar of progress.

/** A number of bytes in words. */
export function sizeWords(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${(bytes / 1000).toPrecision(3)} kB`;
  if (bytes < 999_500_000) return `${(bytes / 1e6).toPrecision(3)} MB`;
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}

/** How far a transfer is, in words. */
export function progressWords(sent, total) {
  const percent = total > 0 ? Math.floor((100 * sent) / total) : 0;
  return sent >= total ? "Sent; it is checked now." : `${percent} %, ${sizeWords(sent)} of ${sizeWords(total)}`;
}

/** Sentence of a refusal, as problem+json says it. */
export function refusal(status, text) {
  try {
    const problem = JSON.parse(text);
    if (typeof problem.detail === "string") return problem.detail;
  } catch {
    // not ours
  }
  return status ? `The server refused the file (${status}).` : "The connection broke; try again.";
}

/** Address to which a file of an asset is sent: the page's own address of the asset, below the API. */
export function uploadAddress(asset, fileName) {
  return `/api/v1${asset}?file_name=${encodeURIComponent(fileName)}`;
}

/**
 * Send a file.
 *
 * @returns {Promise<object>} The run that reads it; rejected with a sentence.
 */
export function send(address, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    request.setRequestHeader("X-CSRF-Token", document.querySelector("meta[name=csrf]").content);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, file.size));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText || "{}"));
      else reject(new Error(refusal(request.status, request.responseText)));
    });
    request.addEventListener("error", () => reject(new Error(refusal(0, ""))));
    request.send(file);
  });
}

/** Send a file and show in its drop place how far it is. */
export async function sendFrom(place, address, file) {
  const progress = place.querySelector("[data-upload]");
  const words = progress.querySelector("[data-upload-words]");
  words.classList.remove("field-error");
  progress.hidden = false;
  try {
    return await send(address, file, (sent, total) => {
      progress.querySelector("progress").value = total ? sent / total : 0;
      words.textContent = progressWords(sent, total);
    });
  } catch (error) {
    words.textContent = error.message;
    words.classList.add("field-error");
    throw error;
  }
}

/** Let files be dropped on a place; a file that is dropped stands in its field as if it were chosen. */
function takeDrops(place) {
  const field = place.querySelector("input[type=file]");
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.toggleAttribute("data-over", true);
    });
  }
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.removeAttribute("data-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Send the file of a form as soon as it is there. */
function sendOwnForm(form) {
  const place = form.querySelector("[data-drop]");
  const field = place.querySelector("input[type=file]");
  const button = form.querySelector("button");
  button.hidden = true;
  async function go() {
    const [file] = field.files;
    if (!file) return;
    field.disabled = true;
    try {
      await sendFrom(place, uploadAddress(form.dataset.uploadForm, file.name), file);
      if (!form.hasAttribute("data-needs-relief")) location.href = form.dataset.uploadForm.replace(/\/assets\/.*/, "");
    } catch {
      field.value = "";
    } finally {
      field.disabled = false;
    }
  }
  field.addEventListener("change", go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
}

if (typeof document !== "undefined") {
  document.querySelectorAll("[data-drop]").forEach(takeDrops);
  document.querySelectorAll("[data-upload-form]").forEach(sendOwnForm);
}
