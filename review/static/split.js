// Splitting a document: its pages with a place to cut between any two, and what documents come of it.

const MOST_PARTS = 100; // as the server takes

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Asks where to cut; null: not at all. `ranges` are the first and last page of each part, `schemas` the kind of each,
 * null where it is to be found out.
 * @param {{document: string, pages: {number: number, width: number, height: number}[]}} doc
 * @param {string[]} kinds
 * @returns {Promise<{ranges: number[][], schemas: (string|null)[]}|null>}
 */
export function askWhereToSplit(doc, kinds) {
  const dialog = /** @type {HTMLDialogElement} */ ($("split"));
  /** @type {Set<number>} */ const cuts = new Set(); // pages after which a part ends
  /** @type {Map<number, string>} */ const chosen = new Map(); // kind of the part that begins with a page
  const numbers = doc.pages.map((page) => page.number), last = numbers[numbers.length - 1];

  const ranges = () => {
    const ends = [...numbers.filter((number) => cuts.has(number)), last];
    return ends.map((end, part) => [part ? ends[part - 1] + 1 : numbers[0], end]);
  };

  function drawParts() {
    const parts = ranges(), go = /** @type {HTMLButtonElement} */ ($("split-go"));
    $("split-parts").replaceChildren(...parts.map(([from, to], place) => {
      const item = document.createElement("li"), label = document.createElement("label"), select = document.createElement("select");
      select.append(new Option("kind is found out", ""), ...kinds.map((kind) => new Option(kind.replaceAll("_", " "), kind)));
      select.value = chosen.get(from) ?? "";
      select.addEventListener("change", () => chosen.set(from, select.value));
      label.append(`Part ${place + 1}: ${from === to ? `page ${from}` : `pages ${from} to ${to}`} `, select);
      item.append(label);
      return item;
    }));
    const possible = parts.length > 1 && parts.length <= MOST_PARTS;
    go.disabled = !possible;
    go.textContent = possible ? `Split into ${parts.length} documents` : "Split";
    $("split-said").textContent = parts.length > MOST_PARTS ? `At most ${MOST_PARTS} parts at once.` : parts.length > 1 ? `${parts.length} documents; this one is put aside. Undo puts it back.` : "No cut yet.";
    let part = 0;
    for (const item of $("split-pages").children) {
      const page = Number(/** @type {HTMLElement} */ (item).dataset.page);
      while (page > parts[part][1]) part++;
      item.classList.toggle("other", part % 2 === 1);
    }
  }

  function cutAfter(/** @type {number} */ page, /** @type {HTMLElement} */ button) {
    if (!cuts.delete(page)) cuts.add(page);
    button.setAttribute("aria-pressed", String(cuts.has(page)));
    drawParts();
  }

  $("split-pages").replaceChildren(...doc.pages.map((page) => {
    const item = document.createElement("li"), figure = document.createElement("span"), image = new Image();
    item.dataset.page = String(page.number);
    image.loading = "lazy"; image.width = 88; image.height = Math.round(88 * page.height / page.width);
    image.alt = `Page ${page.number}`;
    image.src = `/pages/${doc.document}/${page.number}.png?scale=24`;
    const number = document.createElement("span");
    number.textContent = String(page.number);
    number.setAttribute("aria-hidden", "true");
    figure.className = "sheet-small";
    figure.append(image, number);
    item.append(figure);
    if (page.number !== last) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "cut";
      button.setAttribute("aria-label", `Cut after page ${page.number}`);
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => cutAfter(page.number, button));
      item.append(button);
    }
    return item;
  }));
  drawParts();

  const places = /** @type {HTMLElement[]} */ ([...$("split-pages").querySelectorAll("button")]);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key], at = places.indexOf(/** @type {HTMLElement} */ (event.target));
    const go = /** @type {HTMLButtonElement} */ ($("split-go"));
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { if (!go.disabled) dialog.close("yes"); }
    else if (step && at >= 0) places[at + step]?.focus();
    else return;
    event.preventDefault();
  };
  dialog.addEventListener("keydown", onKey);
  dialog.returnValue = "";
  dialog.showModal();
  places[0]?.focus();
  return new Promise((done) => dialog.addEventListener("close", () => {
    dialog.removeEventListener("keydown", onKey);
    const parts = ranges();
    $("split-pages").replaceChildren();
    done(dialog.returnValue === "yes" ? {ranges: parts, schemas: parts.map(([from]) => chosen.get(from) || null)} : null);
  }, {once: true}));
}
