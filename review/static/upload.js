// Files handed in on the queue page: dropped anywhere on it, or chosen with the button.

import {send} from "./session.js";

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("upload"));

if (form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("files"));
  const kind = /** @type {HTMLSelectElement} */ (form.elements.namedItem("schema"));
  form.hidden = false; // without this script nothing could send the bytes
  let waiting = Promise.resolve();
  const take = (/** @type {File[]} */ files) => { waiting = waiting.then(() => upload(files, kind.value)); };
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("change", () => { take([...input.files ?? []]); input.value = ""; });
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => { if (hasFiles(event)) { event.preventDefault(); form.classList.add("over"); } });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
  addEventListener("drop", (event) => {
    form.classList.remove("over");
    if (!hasFiles(event)) return;
    event.preventDefault(); // or the browser would open the file
    take([...event.dataTransfer?.files ?? []]);
  });
}

/** Sends files one after the other, and says of each what became of it. */
async function upload(/** @type {File[]} */ files, /** @type {string} */ kind) {
  const list = /** @type {HTMLElement} */ (document.getElementById("uploaded"));
  for (const file of files) {
    const line = document.createElement("li");
    line.textContent = `${file.name}: is sent…`;
    list.append(line);
    const asked = new URLSearchParams({name: file.name, ...(kind ? {schema: kind} : {})});
    try {
      const answer = await send("POST", `/api/v1/documents?${asked}`, file), told = await answer.json();
      line.className = answer.ok ? "" : "refused";
      if (!answer.ok) line.textContent = `${file.name}: ${told.message}`;
      else line.textContent = told.new ? `${file.name}: taken; it shows up here once it is read.` : `${file.name}: was here before.`;
    } catch {
      line.className = "refused";
      line.textContent = `${file.name}: could not be sent. Check the connection, and drop it again.`;
    }
  }
}
