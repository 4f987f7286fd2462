// Keys in the queue's list and among strips. Letters only work while the list has the focus, and can be turned off.

const SWITCH = "docassay:letters";

listen();
document.addEventListener("htmx:afterSettle", listen); // the list was filtered anew

function listen() {
  const list = document.querySelector("#queue tbody");
  const letters = /** @type {HTMLInputElement|null} */ (document.getElementById("letters"));
  if (!list || !letters || letters.dataset.heard) return;
  letters.dataset.heard = "true";
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  rows.forEach((row, place) => { row.tabIndex = place ? -1 : 0; });
  letters.checked = localStorage.getItem(SWITCH) !== "off";
  letters.addEventListener("change", () => localStorage.setItem(SWITCH, letters.checked ? "on" : "off"));
  list.addEventListener("keydown", (event) => {
    const row = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest("tr"));
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = letters.checked ? {j: "ArrowDown", k: "ArrowUp"}[event.key] ?? event.key : event.key;
    const box = /** @type {HTMLInputElement|null} */ (row.querySelector("input[type=checkbox]"));
    if (key === "ArrowDown" || key === "ArrowUp") focus(rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)]);
    else if (key === "Home" || key === "End") focus(rows.at(key === "Home" ? 0 : -1));
    else if (key === "Enter" && event.target === row) /** @type {HTMLAnchorElement} */ (row.querySelector("a")).click();
    else if ((key === "x" && letters.checked || key === " " && event.target === row) && box) box.checked = !box.checked;
    else if (key === "e" && letters.checked && box) assignToMe(row, box);
    else return;
    event.preventDefault();
  });
  function focus(/** @type {HTMLElement|undefined} */ row) {
    if (!row) return;
    for (const other of rows) other.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  }
}

function assignToMe(/** @type {HTMLElement} */ row, /** @type {HTMLInputElement} */ box) {
  for (const other of document.querySelectorAll("#queue input[type=checkbox]")) /** @type {HTMLInputElement} */ (other).checked = false;
  box.checked = true;
  const form = /** @type {HTMLFormElement} */ (document.getElementById("bulk"));
  /** @type {HTMLSelectElement} */ (form.elements.namedItem("act")).value = "assign";
  form.requestSubmit(/** @type {HTMLElement} */ (form.querySelector("button[name=preview]")));
}

const strips = document.querySelector(".strips");
if (strips) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...strips.querySelectorAll("input[type=checkbox]")]);
  boxes[0]?.focus();
  strips.addEventListener("keydown", (event) => {
    const at = boxes.indexOf(/** @type {HTMLInputElement} */ (event.target));
    const across = getComputedStyle(strips).gridTemplateColumns.split(" ").length;
    const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across}[/** @type {KeyboardEvent} */ (event).key];
    if (at < 0 || !step) return;
    event.preventDefault();
    boxes[at + step]?.focus();
  });
}
