// Makes an experiment, and sends its relief after it.

import { refusal, sendFrom, uploadAddress } from "./upload.js";

const form = document.querySelector("[data-new]");
const place = form.querySelector("[data-drop]");
const problem = form.querySelector("[data-problem]");
const button = form.querySelector("button");
let made = null;

/** Name for an experiment whose file was chosen before it had one. */
export function nameOf(fileName) {
  return fileName.replace(/\.(nc|nc4|cdf|grd|h5)$/i, "").replace(/_+/g, " ").slice(0, 200);
}

/** Make the experiment of what was typed; its id, or an error with a sentence. */
async function make() {
  const typed = Object.fromEntries(["name", "author", "reference", "hypothesis"].map((key) => [key, form.elements[key].value]));
  const age = form.elements.age.value;
  const answer = await fetch("/api/v1/experiments", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": document.querySelector("meta[name=csrf]").content,
    },
    body: JSON.stringify({ ...typed, age: age === "" ? null : Number(age) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(refusal(answer.status, text));
  return JSON.parse(text).id;
}

/** Take the name of a file that was chosen where none was typed yet. */
function proposeName() {
  const [file] = form.elements.file.files;
  if (file && !form.elements.name.value) form.elements.name.value = nameOf(file.name);
}

form.elements.file.addEventListener("change", proposeName);
proposeName(); // a file may have been chosen before this module was here

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  button.disabled = true;
  const [file] = form.elements.file.files;
  try {
    made ??= await make();
    if (file) await sendFrom(place, uploadAddress(`/experiments/${made}/assets/relief`, file.name), file);
    location.href = `/experiments/${made}`;
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
