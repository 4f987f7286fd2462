// Applying a correction to the documents that wait and are laid out alike: what it would change there, to be confirmed.

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Shows what would change in other documents, each with a box to leave it out; null: nothing is applied.
 * @param {string} label of the field
 * @param {{document: string, name: string, old: string|null, new: string|null}[]} changes
 * @returns {Promise<string[]|null>} the documents that were chosen
 */
export function askWhereElse(label, changes) {
  const dialog = /** @type {HTMLDialogElement} */ ($("alike"));
  $("alike-title").textContent = `${label} in ${changes.length === 1 ? "1 waiting document" : `${changes.length} waiting documents`}`;
  const boxes = changes.map((change) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    box.value = change.document;
    return box;
  });
  $("alike-changes").replaceChildren(...changes.map((change, place) => {
    const item = document.createElement("li"), line = document.createElement("label");
    line.className = "plain";
    line.append(boxes[place], ` ${change.name}: ${change.old ?? "nothing"} → ${change.new ?? "nothing"}`);
    item.append(line);
    return item;
  }));
  dialog.returnValue = "";
  dialog.showModal();
  $("alike-go").focus();
  return new Promise((done) => dialog.addEventListener("close", () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    done(dialog.returnValue === "yes" && chosen.length ? chosen : null);
  }, {once: true}));
}
