// The desk: the page of a document beside its fields. One module, no build step; types are JSDoc.
//
// State lives in `desk`; what people do becomes an act with a key of its own, is kept in localStorage until the server
// has answered it, and is sent again under the same key after any loss of network, server or session.

import {askWhereElse} from "./alike.js";
import {send, token} from "./session.js";
import {askWhereToSplit} from "./split.js";

/**
 * @typedef {{page: number, boxes: number[][], quote: string, match?: string}} Evidence
 * @typedef {{value: string, source: string, evidence: Evidence[]}} Alternative
 * @typedef {{path: string, label: string, description: string, kind: string, many: boolean, choices: string[],
 *   value: string|null, values: string[], answer: string, decision: string, version: number, doubtful: boolean,
 *   required: boolean, masked: boolean, reasons: string[], source: string|null, evidence: Evidence[],
 *   alternatives: Alternative[], four_eyes: {state: string, by: string}|null, confidence?: number|null}} Field
 * @typedef {[number, number, number, number, string, number, number]} Word x0, y0, x1, y1, text, visible, line
 * @typedef {{width: number, height: number, words: Word[]}} Sheet
 * @typedef {{text: string, evidence: Evidence[]|null, choice?: number}} Pending what a field would become on Enter
 * @typedef {{key: string, act: string, path?: string, value?: any, evidence?: any, version?: number|null,
 *   [more: string]: any}} Act
 */

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const SVG = "http://www.w3.org/2000/svg";
const PAGES_AHEAD = 8; // of the fields that come next, asked for before they are needed
const LANES = 2; // of these at a time: as many as the server draws at once
const SHEETS_KEPT = 24; // pages whose picture and words stay at hand
const SETTLED = 400; // milliseconds on a page after which its neighbours are asked for: who goes from field to field needs none
const THUMBS_AROUND = "200px 0px"; // beyond the edge of the thumbnails, what is drawn as well
const IDLE_LIMIT = 120; // seconds on one field that count as work
const RENEW = 180_000; // milliseconds between renewals of the claim while somebody works
const REASONS_SHOWN = 2; // sentences of a field; the others are folded away
const MAGNIFIED = 2.2; // times the size on the page
const COMMON = { // reasons that a click gives; any other is typed
  reject: ["Not for us", "We have it already", "Pages are missing", "Cannot be read", "Advertising"],
  postpone: ["Waiting for an answer", "Somebody else must say", "The original must be seen"],
  finish: ["The document states it so", "Agreed with the sender", "The check does not fit here"],
  send_back: ["A value is wrong", "The proof is not the right one"],
};

const root = $("desk");
const person = root.dataset.person || "";

const desk = {
  /** @type {any} */ doc: null,
  /** @type {Map<string, Field>} */ fields: new Map(),
  /** @type {string[]} */ order: [], // doubtful fields first in page order, then cells, then the rest
  current: "",
  /** @type {Map<string, Pending>} */ pending: new Map(),
  /** @type {Map<string, string>} */ errors: new Map(),
  /** @type {Record<string, string>} */ drafts: {},
  editing: false,
  page: 1,
  zoom: 1,
  turn: 0,
  locked: false,
  since: performance.now(),
  by: "keys",
  /** @type {{path: string, page: number, from: number, to: number}|null} */ picked: null,
  column: false,
  /** @type {Set<string>} */ seen: new Set(),
  /** @type {{page: number, boxes: number[][]}[]} */ hits: [],
  hit: -1,
  /** @type {any} */ following: null,
  /** @type {{document: string, path: string, changes: any[]}|null} */ alike: null, // where else the last correction would change something
  busy: 0,
};

// ---------------------------------------------------------------------------------------------- small tools

/** @returns {HTMLElement} an element with a class and text */
function make(/** @type {string} */ name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Says something to everybody: on the status line, and to screen readers. */
function say(/** @type {string} */ text, kind = "") {
  const line = $("status");
  if (line.textContent !== text) line.textContent = text;
  line.className = `status ${kind}`;
}

const keyOf = (/** @type {string} */ what, sha = desk.doc?.document) => `docassay:${what}:${person}:${sha}`;

/** @returns {any} */
function stored(/** @type {string} */ name, /** @type {any} */ otherwise) {
  try { return JSON.parse(localStorage.getItem(name) ?? "null") ?? otherwise; } catch { return otherwise; }
}

function store(/** @type {string} */ name, /** @type {any} */ value) {
  try {
    const empty = !value || (Array.isArray(value) ? !value.length : !Object.keys(value).length);
    if (empty) localStorage.removeItem(name); else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* a full or forbidden storage: the server has the draft too */ }
}

const newKey = () => crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
const api = (/** @type {string} */ rest, sha = desk.doc.document) => `/desk/api/documents/${sha}${rest}`;
const shown = (/** @type {Field} */ field) =>
  field.masked ? "••••" : field.many && field.values.length ? field.values.join("; ") : field.value ?? "";
const isCell = (/** @type {string} */ path) => path.includes("[");
const rowOf = (/** @type {string} */ path) => path.slice(0, path.indexOf("]") + 1);
const firstPlace = (/** @type {Field} */ field) => field.evidence[0] ?? field.alternatives.flatMap((a) => a.evidence)[0];

// ---------------------------------------------------------------------------------------------- loading

/** Loads a document, shows it and goes to its first doubtful field. */
async function open(/** @type {string} */ sha, /** @type {any} */ ready = null) {
  let doc = ready;
  if (!doc) {
    const answer = await patiently("GET", `/desk/api/documents/${sha}`);
    doc = await answer.json();
    if (!answer.ok) { say(doc.message, "bad"); return; }
  }
  desk.doc = doc;
  desk.fields = new Map();
  desk.pending.clear(); desk.errors.clear(); desk.seen.clear();
  desk.hits = []; desk.hit = -1; desk.turn = 0; desk.picked = null; desk.editing = false; desk.column = false;
  for (const field of doc.fields) desk.fields.set(field.path, field);
  for (const table of doc.tables) takeTable(table);
  desk.order = inOrder();
  desk.locked = !doc.can.review || Boolean(doc.claim && !doc.claim.mine);
  document.title = `${doc.name} · Docassay`;
  if (location.pathname !== `/desk/${doc.document}`) history.pushState(null, "", `/desk/${doc.document}${location.search}`);
  await takeDrafts();
  drawHead(); drawFields(); drawStanding(); drawThumbs(); drawFindings();
  const first = Object.keys(desk.drafts).find((path) => desk.fields.has(path)) ?? nextDoubtful("") ?? desk.order[0];
  if (first) goTo(first); else showPage(1);
  say("");
  root.dataset.ready = doc.document;
  queue.start();
  if (!desk.locked) { claim(); setTimeout(fetchFollowing, 50); }
}

function takeTable(/** @type {any} */ table) {
  const old = desk.doc.tables.findIndex((/** @type {any} */ other) => other.path === table.path);
  if (old >= 0) desk.doc.tables[old] = table;
  for (const path of [...desk.fields.keys()]) if (path.startsWith(`${table.path}[`)) desk.fields.delete(path);
  for (const row of table.rows) for (const cell of Object.values(row.cells)) desk.fields.set(cell.path, cell);
  if (table.field) desk.fields.set(table.path, table.field);
}

/** Doubtful fields in page order, then tables, then the rest; it stays as it is while the document is open. */
function inOrder() {
  const plain = /** @type {Field[]} */ (desk.doc.fields);
  const doubtful = plain.filter((field) => field.doubtful).sort(byPlace);
  const rest = plain.filter((field) => !field.doubtful);
  return [...doubtful.map((f) => f.path), ...cellPaths(), ...rest.map((f) => f.path)];
}

/** For sorting: as fields stand in the document, those without a place at the end. */
function byPlace(/** @type {Field} */ one, /** @type {Field} */ other) {
  const place = (/** @type {Evidence|undefined} */ at) => at ? at.page * 1e5 + (at.boxes[0]?.[1] ?? 0) : 1e9;
  return place(firstPlace(one)) - place(firstPlace(other));
}

function cellPaths() {
  return desk.doc.tables.flatMap((/** @type {any} */ table) => {
    const cells = table.rows.flatMap((/** @type {any} */ row) => table.columns.map((/** @type {any} */ c) => row.cells[c.name]?.path));
    return [...cells.filter(Boolean), table.path]; // the table as a whole comes last: are all its rows there?
  });
}

/** The next path that waits after another one, from the beginning again at the end. */
function nextDoubtful(/** @type {string} */ after, step = 1) {
  const every = desk.order, from = every.indexOf(after);
  for (let i = 1; i <= every.length; i++) {
    const path = every[(((from < 0 && step < 0 ? 0 : from) + step * i) % every.length + every.length) % every.length];
    if (path !== after && desk.fields.get(path)?.doubtful && !queue.settles(path)) return path;
  }
  return null;
}

async function takeDrafts() {
  desk.drafts = stored(keyOf("draft"), {});
  if (!desk.doc.can.review) return;
  try {
    const answer = await send("GET", api("/draft"));
    if (answer.ok) {
      const kept = await answer.json();
      desk.drafts = {...kept.texts, ...desk.drafts};
    }
  } catch { /* what the browser kept is enough for now */ }
  for (const [path, text] of Object.entries(desk.drafts)) {
    if (desk.fields.has(path) && typeof text === "string") desk.pending.set(path, {text, evidence: null});
  }
}

let draftTimer = 0;
function keepDraft(/** @type {string} */ path, /** @type {string|null} */ text) {
  if (text === null) { if (!(path in desk.drafts)) return; delete desk.drafts[path]; } else desk.drafts[path] = text;
  store(keyOf("draft"), desk.drafts);
  clearTimeout(draftTimer);
  const [address, body] = [api("/draft"), {...desk.drafts}];
  draftTimer = setTimeout(() => putDraft(address, body), 600);
}

async function putDraft(/** @type {string} */ address, /** @type {any} */ body) {
  try { await send("PUT", address, {texts: body}); } catch { /* localStorage has it; the next key press tries again */ }
}

/** Sends until the server answers: a lost network or server is waited for. */
async function patiently(/** @type {string} */ method, /** @type {string} */ address, /** @type {any} */ body) {
  for (let wait = 300; ; wait = Math.min(wait * 1.7, 5000)) {
    try {
      const answer = await send(method, address, body);
      if (answer.status < 500) return answer;
      say("The server has trouble. What you did is kept, and is sent again.", "bad");
    } catch {
      say("No connection. What you did is kept, and is sent again.", "bad");
    }
    root.dataset.offline = "true";
    await pause(wait);
  }
}

async function claim() {
  try {
    const answer = await send("POST", api("/claim"), {});
    if (answer.status !== 409) return;
    const told = await answer.json();
    desk.locked = true;
    drawHead();
    say(told.message ?? "Somebody else works on this document.", "bad");
  } catch { /* versions of fields guard what is saved */ }
}

async function fetchFollowing() {
  desk.following = null;
  const sha = desk.doc.document;
  try {
    const answer = await send("POST", `/desk/api/claim-next?after=${sha}${root.dataset.filters ? `&${root.dataset.filters}` : ""}`, {});
    if (!answer.ok) return;
    const told = await answer.json();
    const next = told?.document ?? told?.next;
    if (!next || next === sha) return;
    const doc = told.fields ? told : await (await send("GET", `/desk/api/documents/${next}`)).json();
    if (desk.doc.document !== sha) return;
    desk.following = doc;
    drawHead();
    await looked; // pages of this document go first
    const first = doc.fields?.filter((/** @type {Field} */ f) => f.doubtful && firstPlace(f)).sort(byPlace)[0];
    if (doc.pages?.length && desk.doc.document === sha) sheetOf(first ? firstPlace(first).page : doc.pages[0].number, doc);
  } catch { /* it is asked for again when this document is finished */ }
}

// ---------------------------------------------------------------------------------------------- acts

const queue = {
  /** @type {Act[]} */ acts: [],
  running: false,

  /** Goes on with what an earlier page of this document could not send. */
  start() {
    this.acts = stored(keyOf("acts"), []);
    if (this.acts.length) say("Saving what could not be saved before…");
    this.run();
  },

  /** @returns {Promise<any>} the answer, after it was applied; {failed: true} where the server refused */
  add(/** @type {Act} */ act) {
    return new Promise((done) => {
      act.key = newKey();
      waiters.set(act.key, done);
      this.acts.push(act);
      this.keep();
      this.run();
    });
  },

  keep() {
    store(keyOf("acts"), this.acts);
    root.dataset.unsaved = String(this.acts.length);
  },

  /** Whether something that waits to be sent decides a field. */
  settles(/** @type {string} */ path) {
    return this.acts.some((act) => act.path === path || act.paths?.includes(path));
  },

  /** Resolves once the server has answered all that was done so far. */
  async sent() {
    while (this.acts.length) await pause(30);
  },

  async run() {
    if (this.running) return;
    this.running = true;
    const sha = desk.doc.document;
    try {
      while (this.acts.length && desk.doc.document === sha) {
        const act = this.acts[0];
        const answer = await patiently("POST", api("/acts", sha), act);
        if (root.dataset.offline) { delete root.dataset.offline; say("Saved."); }
        const told = await answer.json().catch(() => ({message: "The server gave no answer that can be read."}));
        this.acts.shift();
        if (answer.ok) this.carryOver(told);
        this.keep();
        const done = waiters.get(act.key);
        waiters.delete(act.key);
        settle(act, answer.status, told);
        done?.(answer.ok ? told : {...told, failed: true, status: answer.status});
      }
    } finally {
      this.running = false;
    }
    if (this.acts.length) this.run();
  },

  /** Later acts of ours on the same field have seen what this one made of it. */
  carryOver(/** @type {any} */ told) {
    const fresh = new Map([...(told.changed ?? []), ...(told.tables ?? []).flatMap((/** @type {any} */ t) => t.rows.flatMap((/** @type {any} */ r) => [{path: `${t.path}[${r.number}]`, version: r.version}, ...Object.values(r.cells)]))].map((f) => [f.path, f.version]));
    for (const act of this.acts) {
      if (act.path && fresh.has(act.path)) act.version = fresh.get(act.path);
      for (const path of act.paths ?? []) if (fresh.has(path)) act.versions[path] = fresh.get(path);
    }
  },
};
/** @type {Map<string, (told: any) => void>} */
const waiters = new Map();

/** Shows what the server made of an act. */
function settle(/** @type {Act} */ act, /** @type {number} */ status, /** @type {any} */ told) {
  if (status === 200) {
    if (told.document && told.document !== desk.doc.document) return;
    apply(told);
    if (act.act === "set" && act.evidence && !isCell(act.path ?? "")) lookForAlike(act.path ?? "");
    if (act.path) { desk.errors.delete(act.path); desk.pending.delete(act.path); keepDraft(act.path, null); drawField(act.path); }
    return;
  }
  const path = told.path ?? act.path ?? "";
  if (status === 409 && told.theirs) { merge(act, told); return; }
  if (act.act === "set" && act.path && desk.fields.has(act.path)) {
    desk.pending.set(act.path, {text: String(act.value ?? ""), evidence: act.evidence ? [act.evidence].flat() : null});
    keepDraft(act.path, String(act.value ?? ""));
  }
  const message = told.message ?? "This could not be saved.";
  if (desk.fields.has(path)) { desk.errors.set(path, message); goTo(path); drawField(path); }
  say(message, "bad");
}

function apply(/** @type {any} */ told) {
  for (const field of told.changed ?? []) desk.fields.set(field.path, field);
  desk.doc.fields = desk.doc.fields.map((/** @type {Field} */ field) => desk.fields.get(field.path) ?? field);
  const shapes = (told.tables ?? []).some((/** @type {any} */ table) => {
    const before = desk.doc.tables.find((/** @type {any} */ t) => t.path === table.path);
    return before?.rows.length !== table.rows.length;
  });
  for (const table of told.tables ?? []) takeTable(table);
  for (const name of ["problems", "can", "state", "version"]) if (told[name] !== undefined) desk.doc[name] = told[name];
  if (shapes) {
    const cells = new Set(cellPaths());
    const at = desk.order.findIndex((path) => isCell(path) || cells.has(path));
    const others = desk.order.filter((path) => !isCell(path) && !cells.has(path));
    desk.order = [...others.slice(0, at < 0 ? others.length : at), ...cells, ...others.slice(at < 0 ? others.length : at)];
    if (!desk.fields.has(desk.current)) desk.current = nextDoubtful("") ?? desk.order[0];
  }
  const focused = document.activeElement?.closest("[data-path]");
  if ((told.tables ?? []).length) { for (const table of told.tables) drawTable(table); }
  for (const field of told.changed ?? []) drawField(field.path);
  drawHead(); drawProblems(); drawDetail();
  if (focused && !focused.isConnected && !desk.editing) focusCell(desk.current);
}

/** Whether nothing can be changed here; then it is said why. */
function refused() {
  if (desk.locked) say($("lock-text").textContent ?? "", "bad");
  return desk.locked;
}

const seconds = () => Math.min(IDLE_LIMIT, (performance.now() - desk.since) / 1000);
const offered = (/** @type {Field} */ field) => field.alternatives.map((other) => other.value);

/** Enter: accepts what the field shows and goes on. */
async function accept(step = 1) {
  const path = desk.current, field = desk.fields.get(path), pending = desk.pending.get(path);
  if (!field || refused()) return;
  if (pending && (pending.text !== shown(field) || pending.evidence)) { await fill(path, pending, step); return; }
  desk.pending.delete(path);
  if (field.four_eyes?.state === "second_entry") { startEditing(true); say("Enter the value as the page shows it."); return; }
  const sent = field.answer === "found" || field.answer === "stated_absent" || field.values.length
    ? queue.add({key: "", act: "accept", path, version: field.version, seconds: seconds(), by: desk.by, shown: offered(field)})
    : queue.add({key: "", act: "absent", path, version: field.version, seconds: seconds(), by: desk.by, shown: offered(field)});
  goOn(path, step); // needs no validation, so nobody waits for the answer
  await sent;
}

/** Fills a field, validates it on the server, and goes on; a refusal stays in the field. */
async function fill(/** @type {string} */ path, /** @type {Pending} */ pending, step = 1) {
  const field = desk.fields.get(path);
  if (!field || refused()) return;
  stopEditing();
  desk.pending.set(path, pending);
  keepDraft(path, pending.text);
  drawField(path);
  desk.errors.delete(path);
  const spans = pending.evidence?.map(({page, boxes, quote}) => ({page, boxes, quote})) ?? null;
  const sent = queue.add({
    key: "", act: "set", path, value: pending.text, version: field.version, seconds: seconds(), by: desk.by,
    evidence: spans && spans.length === 1 ? spans[0] : spans, shown: offered(field),
  });
  const told = await Promise.race([sent, pause(1500)]);
  if (told?.failed) return;
  if (desk.current === path) goOn(path, step); // after a second and a half without an answer too: it is kept and sent
}

async function absent() {
  const path = desk.current, field = desk.fields.get(path);
  if (!field || refused()) return;
  stopEditing();
  desk.pending.delete(path);
  queue.add({key: "", act: "absent", path, version: field.version, seconds: seconds(), by: desk.by, shown: offered(field)});
  goOn(path);
}

function goOn(/** @type {string} */ path, step = 1) {
  const next = nextDoubtful(path, step);
  if (next) { goTo(next); return; }
  drawField(path); focusCell(path); drawDetail();
  say(desk.doc.can.approve ? "Nothing is left but the approval: Ctrl+Enter approves the document." : "Every field is decided. Ctrl+Enter finishes the document.", "good");
}

function restPaths() {
  const failing = new Set(desk.doc.problems.flatMap((/** @type {any} */ problem) => problem.fields));
  return desk.order.filter((path) => {
    const field = desk.fields.get(path);
    return field?.doubtful && desk.seen.has(path) && !failing.has(path.split("[")[0]) && !field.four_eyes
      && !desk.pending.has(path) && field.answer === "found";
  });
}

async function acceptRest() {
  const paths = restPaths();
  if (!paths.length) { say("Nothing that was on the screen can be accepted together.", "bad"); return; }
  const versions = Object.fromEntries(paths.map((path) => [path, desk.fields.get(path)?.version]));
  const told = await queue.add({key: "", act: "accept_rest", paths, versions, seconds: seconds(), by: desk.by});
  if (!told.failed) goOn(desk.current);
}

async function takeBack(/** @type {"undo"|"redo"} */ act) {
  if (refused()) return;
  stopEditing();
  const told = await queue.add({key: "", act, seconds: seconds(), by: desk.by});
  if (told.failed) return;
  const said = act === "undo" ? "Taken back." : "Done again.";
  if (told.document && told.document !== desk.doc.document) { await open(told.document); say(said, "good"); return; }
  const path = told.path && desk.fields.has(told.path) ? told.path : told.changed?.[0]?.path;
  if (path && desk.fields.has(path)) { desk.order = desk.order.includes(path) ? desk.order : inOrder(); goTo(path); }
  say(said, "good");
}

async function finish() {
  if (refused() || desk.doc.standing) return;
  if (desk.doc.can.approve) { await decideApproval(true); return; }
  const pending = desk.pending.get(desk.current);
  if (desk.editing || pending) await accept();
  const failed = desk.doc.problems.filter((/** @type {any} */ problem) => !OF_A_SECOND.includes(problem.check));
  let why = "";
  if (failed.length && !nextDoubtful("")) {
    const said = await ask("Finish with an open check?", failed.map((/** @type {any} */ p) => p.message).join(" "), "Why is it right all the same?", null, COMMON.finish);
    if (said === null) return;
    why = said;
  }
  const told = await queue.add({key: "", act: "finish", why, version: null, seconds: seconds(), by: desk.by});
  if (!told.failed) await leaveFor("Finished.");
}

/** Goes to the next document, which is loaded and claimed already. */
async function leaveFor(/** @type {string} */ said) {
  release(desk.doc.document);
  if (!desk.following) await fetchFollowing();
  const next = desk.following;
  if (!next) { location.href = `/queue${root.dataset.filters ? `?${root.dataset.filters}` : ""}`; return; }
  desk.following = null;
  await open(next.document, next);
  say(`${said} Next: ${next.name}.`, "good");
}

function release(/** @type {string} */ sha) {
  fetch(`/desk/api/documents/${sha}/release`, {
    method: "POST", keepalive: true, credentials: "same-origin", body: "{}",
    headers: {"X-Docassay-Token": token(), "Content-Type": "application/json"},
  }).catch(() => {});
}

async function whole(/** @type {string} */ act, /** @type {string} */ title, /** @type {string} */ text, /** @type {any} */ more = {}) {
  if (refused()) return;
  const why = await ask(title, text, "Note", null, COMMON[act]);
  if (why === null) return;
  const told = await queue.add({key: "", act, why, version: null, seconds: seconds(), by: desk.by, ...more});
  if (!told.failed) await leaveFor(act === "postpone" ? "Passed on." : "Done.");
}

async function reclassify() {
  const schema = await ask("Read it as another kind", "All fields are read again; what was decided so far is kept in the history.", "Kind", kinds().filter((name) => name !== desk.doc.schema));
  if (!schema) return;
  const told = await queue.add({key: "", act: "reclassify", schema, version: null, by: desk.by});
  if (!told.failed) await leaveFor("It is read again.");
}

async function split() {
  if (desk.locked || desk.doc.pages.length < 2) return;
  stopEditing();
  const wanted = await askWhereToSplit(desk.doc, kinds());
  focusCell(desk.current);
  if (!wanted) return;
  await queue.sent();
  say("The new documents are made…");
  const answer = await patiently("POST", api("/split"), {key: newKey(), ...wanted, version: desk.doc.version});
  const told = await answer.json().catch(() => ({message: "The server gave no answer that can be read."}));
  if (!answer.ok) { say(told.message, "bad"); return; }
  await leaveFor(`Split into ${wanted.ranges.length} documents; Undo takes it back.`);
}

/** Looks where else a correction would change something, and offers to apply it there. */
async function lookForAlike(/** @type {string} */ path) {
  const sha = desk.doc.document;
  try {
    const answer = await send("POST", api("/alike", sha), {key: newKey(), path, preview: true});
    const told = answer.ok ? await answer.json() : {documents: []};
    if (desk.doc.document !== sha) return;
    desk.alike = told.documents.length ? {document: sha, path, changes: told.documents} : null;
    drawHead();
  } catch { /* it is an offer only */ }
}

async function applyAlike() {
  const offer = desk.alike;
  if (!offer || desk.locked) return;
  stopEditing();
  const documents = await askWhereElse(desk.fields.get(offer.path)?.label ?? offer.path, offer.changes);
  focusCell(desk.current);
  if (!documents) return;
  await queue.sent();
  const answer = await patiently("POST", api("/alike", offer.document), {key: newKey(), path: offer.path, documents, preview: false});
  const told = await answer.json().catch(() => ({message: "The server gave no answer that can be read."}));
  if (!answer.ok) { say(told.message, "bad"); return; }
  desk.alike = null;
  drawHead();
  const left = told.documents.filter((/** @type {any} */ each) => !each.ok).map((/** @type {any} */ each) => each.message);
  say(`Applied to ${told.done} more. ${left.join(" ")}`.trim(), left.length ? "bad" : "good");
}

async function decideApproval(/** @type {boolean} */ good) {
  const why = good ? "" : await ask("Send back", "It goes back to whoever corrected it.", "What should be looked at again?", null, COMMON.send_back);
  if (why === null) return;
  const told = await queue.add({key: "", act: good ? "approve" : "send_back", why, version: null, by: desk.by});
  if (!told.failed) await leaveFor(good ? "Approved." : "Sent back.");
}

async function takeOver() {
  const answer = await patiently("POST", api("/take-over"), {});
  if (!answer.ok) { say((await answer.json()).message, "bad"); return; }
  await open(desk.doc.document);
}

// ---------------------------------------------------------------------------------------------- dialogs

/** Asks for a text, which a click on one of `common` gives, or for one of `choices`; null: cancelled. @returns {Promise<string|null>} */
function ask(/** @type {string} */ title, /** @type {string} */ text, /** @type {string} */ label, /** @type {string[]|null} */ choices = null, /** @type {string[]} */ common = []) {
  const dialog = /** @type {HTMLDialogElement} */ ($("ask"));
  $("ask-title").textContent = title;
  $("ask-text").textContent = text;
  $("ask-label").textContent = label;
  const input = /** @type {HTMLTextAreaElement} */ ($("ask-input")), select = /** @type {HTMLSelectElement} */ ($("ask-choice"));
  input.hidden = Boolean(choices); select.hidden = !choices;
  $("ask-label").setAttribute("for", choices ? "ask-choice" : "ask-input");
  input.value = "";
  input.required = !choices; // a reason is kept, and shown to whoever comes next
  $("ask-common").hidden = !common.length;
  $("ask-common").replaceChildren(...common.map((reason) => {
    const button = /** @type {HTMLButtonElement} */ (make("button", "", reason));
    button.type = "button";
    button.addEventListener("click", () => { input.value = reason; });
    return button;
  }));
  select.replaceChildren(...(choices ?? []).map((name) => new Option(name.replaceAll("_", " "), name)));
  dialog.returnValue = "";
  dialog.showModal();
  (choices ? select : input).focus();
  return new Promise((done) => dialog.addEventListener("close", () => {
    focusCell(desk.current);
    done(dialog.returnValue === "yes" ? (choices ? select.value : input.value.trim()) : null);
  }, {once: true}));
}

/** Somebody else saved the same field: both values side by side, and nothing is written before somebody decides. */
function merge(/** @type {Act} */ act, /** @type {any} */ told) {
  const dialog = /** @type {HTMLDialogElement} */ ($("merge"));
  const path = act.path ?? told.path;
  if (told.field) desk.fields.set(path, told.field);
  desk.pending.delete(path);
  drawField(path);
  const text = (/** @type {any} */ value) => value === null || value === undefined ? "not on the document" : Array.isArray(value) ? value.join("; ") : String(value);
  const mine = act.act === "absent" ? null : act.act === "accept" ? told.mine ?? act.value : act.value ?? told.mine;
  $("merge-field").textContent = desk.fields.get(path)?.label ?? path;
  $("merge-mine").textContent = text(mine);
  $("merge-theirs").textContent = text(told.theirs.value);
  $("merge-who").textContent = `${told.theirs.who ?? "Somebody"}${told.theirs.at ? `, ${new Date(told.theirs.at).toLocaleString()}` : ""}`;
  keepDraft(path, mine === null ? null : text(mine));
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    const version = told.field?.version ?? desk.fields.get(path)?.version;
    if (dialog.returnValue === "mine") queue.add({...act, version}); // a new key: it is a new act on what is there now
    else { keepDraft(path, null); desk.errors.delete(path); drawField(path); }
    goTo(path);
  }, {once: true});
}

function help() {
  const here = desk.editing ? "editing" : isCell(desk.current) ? "table" : "field";
  for (const row of $("help").querySelectorAll("[data-in]")) {
    /** @type {HTMLElement} */ (row).hidden = !(/** @type {HTMLElement} */ (row).dataset.in ?? "").split(" ").includes(here);
  }
  /** @type {HTMLDialogElement} */ ($("help")).showModal();
}

// ---------------------------------------------------------------------------------------------- the fields

const STANDS = {received: "being read", parsed: "being read", extracted: "being read", in_review: "waits", quarantined: "put aside", deferred: "put off"};

function drawHead() {
  const doc = desk.doc;
  $("name").textContent = doc.name;
  const kind = doc.schema?.replaceAll("_", " ") ?? (doc.state === "in_review" ? "kind unclear" : "");
  $("kind").textContent = [kind, STANDS[/** @type {keyof STANDS} */ (doc.state)] ?? doc.state].filter(Boolean).join(" · ");
  const waiting = [...desk.fields.values()].filter((field) => field.doubtful && !queue.settles(field.path)).length;
  $("left").textContent = doc.standing ? "" : waiting === 1 ? "1 field to decide" : `${waiting} fields to decide`;
  const set = (/** @type {string} */ id, /** @type {boolean} */ on) => { /** @type {HTMLButtonElement} */ ($(id)).disabled = !on; };
  set("undo", doc.can.undo !== false && !desk.locked); set("redo", doc.can.redo !== false && !desk.locked);
  for (const id of ["accept", "edit", "absent", "postpone", "accept-rest"]) set(id, !desk.locked);
  set("reject", !desk.locked && doc.state !== "quarantined"); set("reclassify", !desk.locked && kinds().some((name) => name !== doc.schema));
  set("finish", !desk.locked && !doc.standing);
  $("open-alike").hidden = desk.locked || desk.alike?.document !== doc.document;
  $("open-alike").textContent = `Apply to ${desk.alike?.changes.length} more`;
  set("open-split", !desk.locked && doc.pages.length > 1);
  $("open-split").title = doc.pages.length > 1 ? "" : "It has one page";
  $("approve").hidden = $("send-back").hidden = !doc.can.approve;
  $("finish").hidden = doc.can.approve;
  $("lock").hidden = !desk.locked;
  $("lock-text").textContent = !doc.can.review ? "You can look at this document. Deciding about it needs the role reviewer."
    : desk.locked ? `${doc.claim?.owner ?? "Somebody else"} works on this document; you can look, not change.` : "";
  $("take-over").hidden = !doc.can.review;
  root.classList.toggle("locked", desk.locked);
  $("pages").textContent = `of ${doc.pages.length}`;
  $("note").hidden = !doc.note;
  $("note").textContent = doc.note ? `Note: ${doc.note}` : "";
}

/** What is shown in the place of fields where there are none: why, and what can be done. */
function drawStanding() {
  const told = desk.doc.standing;
  $("standing").hidden = !told;
  /** @type {HTMLElement} */ (root.querySelector(".detail")).hidden = Boolean(told);
  if (!told) return;
  $("standing-title").textContent = told.title;
  $("standing-why").textContent = told.why;
  $("standing-todo").textContent = told.todo;
  $("standing-attached").replaceChildren(...told.attached.map((/** @type {any} */ one) => {
    const item = make("li"), link = /** @type {HTMLAnchorElement} */ (make("a", "", one.name));
    link.href = `/desk/${one.document}`;
    item.append(link);
    return item;
  }));
  const act = (/** @type {string} */ text, /** @type {any} */ what) => {
    const button = make("button", "", text);
    /** @type {HTMLButtonElement} */ (button).disabled = desk.locked;
    button.addEventListener("click", async () => { if (!(await queue.add({key: "", version: null, by: desk.by, ...what})).failed) await leaveFor("It is read again."); });
    return button;
  };
  $("standing-acts").replaceChildren(
    ...(told.choose ? kinds().map((name) => act(name.replaceAll("_", " "), {act: "reclassify", schema: name})) : []),
    ...(told.again ? [act("Read it again", {act: "retry"})] : []),
  );
}

const kinds = () => (root.dataset.schemas || "").split(" ").filter(Boolean);

const OF_A_SECOND = ["four_eyes", "second_entry"];

function drawProblems() {
  $("problems").replaceChildren(...desk.doc.problems.map((/** @type {any} */ problem) => {
    const item = make("li"), button = make("button", "quiet", problem.message);
    button.addEventListener("click", () => { const name = problem.fields.find((/** @type {string} */ n) => desk.order.some((p) => p === n || p.startsWith(`${n}[`))); if (name) goTo(desk.order.find((p) => p === name || p.startsWith(`${name}[`)) ?? name); });
    item.append(button);
    return item;
  }));
  const left = desk.doc.problems.every((/** @type {any} */ problem) => OF_A_SECOND.includes(problem.check));
  $("problem-title").textContent = left ? "Left for a second person" : "Checks that fail";
  $("problem-box").className = left ? "warning" : "error";
  $("problem-box").hidden = !desk.doc.problems.length;
}

function drawFindings() {
  $("findings").replaceChildren(...desk.doc.findings.map((/** @type {any} */ finding) => {
    const item = make("li");
    if (finding.page) {
      const button = make("button", "quiet", finding.message);
      button.addEventListener("click", () => showPage(finding.page));
      item.append(button);
    } else item.textContent = finding.message;
    return item;
  }));
  $("finding-box").hidden = !desk.doc.findings.length;
}

function drawFields() {
  const plain = desk.order.filter((path) => !isCell(path) && desk.doc.fields.some((/** @type {Field} */ f) => f.path === path));
  const doubtful = plain.filter((path) => desk.fields.get(path)?.doubtful), rest = plain.filter((path) => !desk.fields.get(path)?.doubtful);
  $("doubtful").replaceChildren(...doubtful.map(fieldRow));
  $("settled").replaceChildren(...rest.map(fieldRow));
  $("doubtful-grid").hidden = !doubtful.length;
  $("rest").hidden = !rest.length;
  $("rest-count").textContent = `${rest.length} more ${rest.length === 1 ? "field" : "fields"}`;
  /** @type {HTMLDetailsElement} */ ($("rest")).open = !doubtful.length;
  $("tables").replaceChildren();
  for (const table of desk.doc.tables) drawTable(table);
  drawProblems();
  watchSeen();
}

/** @type {IntersectionObserver|null} */
let watcher = null;
/** Notes which fields were on the screen: only those can be accepted together. */
function watchSeen() {
  watcher ??= new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) desk.seen.add(/** @type {HTMLElement} */ (entry.target).dataset.path ?? "");
  }, {threshold: 0.6});
  watcher.disconnect();
  for (const cell of root.querySelectorAll("[data-path]")) watcher.observe(cell);
}

function fieldRow(/** @type {string} */ path) {
  const field = /** @type {Field} */ (desk.fields.get(path));
  const row = make("tr");
  row.setAttribute("role", "row");
  const head = make("th", "", field.label);
  head.setAttribute("role", "rowheader");
  head.scope = "row";
  head.title = field.description;
  const cell = make("td", "value");
  cell.setAttribute("role", "gridcell");
  cell.dataset.path = path;
  row.append(head, cell);
  fillCell(cell, field);
  return row;
}

const STATES = {doubt: "to decide", fine: "decided", wrong: "does not fit", open: "not saved yet"};

function stateOf(/** @type {Field} */ field) {
  if (desk.errors.has(field.path)) return "wrong";
  if (queue.settles(field.path)) return "fine";
  if (desk.pending.has(field.path)) return "open";
  return field.doubtful ? "doubt" : "fine";
}

function fillCell(/** @type {HTMLElement} */ cell, /** @type {Field} */ field) {
  if (cell.querySelector(".editor") && desk.editing && desk.current === field.path) return;
  const pending = desk.pending.get(field.path), state = stateOf(field);
  const text = field.kind === "table" ? countWords(tableOf(field.path)) : pending ? pending.text : shown(field);
  cell.dataset.state = state;
  cell.tabIndex = canTabTo(field.path) ? 0 : -1;
  cell.setAttribute("aria-selected", String(field.path === desk.current));
  cell.setAttribute("aria-readonly", String(desk.locked || field.masked));
  if (field.path === desk.current) cell.setAttribute("aria-describedby", "reason"); else cell.removeAttribute("aria-describedby");
  if (state === "wrong") cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
  const value = make("span", text ? "text" : "text none", text || (field.answer === "stated_absent" ? "not on the document" : "–"));
  value.dir = "auto"; // words of a document run as their letters do
  if (field.confidence !== undefined && field.confidence !== null) cell.title = `${field.confidence_status ?? "confidence"}: ${Math.round(field.confidence * 100)} %`;
  const parts = [value, make("span", "unseen", `, ${STATES[state]}`)];
  if (field.four_eyes) parts.push(make("span", "eyes", field.four_eyes.state === "second_entry" ? "second entry" : "four eyes"));
  if (desk.errors.has(field.path)) parts.push(make("span", "wrong", desk.errors.get(field.path)));
  cell.replaceChildren(...parts);
}

/** Tab goes from field to field; of a table it enters one cell, from which arrows go on. */
function canTabTo(/** @type {string} */ path) {
  const table = isCell(path) && tableOf(path);
  return !table || path === (desk.current.startsWith(`${table.path}[`) ? desk.current : firstCell(table));
}
const firstCell = (/** @type {any} */ table) => /** @type {Field|undefined} */ (Object.values(table.rows[0]?.cells ?? {})[0])?.path ?? "";

function drawField(/** @type {string} */ path) {
  const field = desk.fields.get(path), cell = cellOf(path);
  if (field && cell) fillCell(cell, field);
}

const cellOf = (/** @type {string} */ path) => /** @type {HTMLElement|null} */ (root.querySelector(`[data-path="${CSS.escape(path)}"]`));

function focusCell(/** @type {string} */ path) {
  const cell = cellOf(path);
  if (!cell || desk.editing) return;
  const details = cell.closest("details");
  if (details && !details.open) details.open = true;
  cell.focus({preventScroll: true});
  cell.scrollIntoView({block: "nearest", inline: "nearest"});
}

/** Makes a field the current one: its evidence is brought into view, on whatever page it is. */
function goTo(/** @type {string} */ path, focus = true) {
  const field = desk.fields.get(path);
  if (!field) return;
  if (desk.editing && path !== desk.current) stopEditing(true);
  const before = desk.current;
  desk.current = path;
  desk.since = performance.now();
  if (before && before !== path) drawField(before);
  for (const first of desk.doc.tables.map(firstCell)) if (first && first !== path) drawField(first);
  drawField(path);
  if (focus) focusCell(path);
  drawDetail();
  const at = placeShown();
  showPage(at ? at.page : desk.page, at);
  looked = lookAhead(path);
}

let looked = Promise.resolve();
/** Asks for the pages of the fields that come next, after the one on the screen, and the nearest first. */
async function lookAhead(/** @type {string} */ path) {
  const pages = pagesAhead(path);
  const lane = async () => { for (let page = pages.shift(); page && desk.current === path; page = pages.shift()) await sheetOf(page).ready; };
  await sheetOf(desk.page).ready;
  await Promise.all(Array.from({length: LANES}, lane));
}

function pagesAhead(/** @type {string} */ path) {
  const pages = /** @type {Set<number>} */ (new Set()), met = new Set([path]);
  for (let next = nextDoubtful(path); next && !met.has(next) && pages.size < PAGES_AHEAD; next = nextDoubtful(next)) {
    met.add(next);
    const place = firstPlace(/** @type {Field} */ (desk.fields.get(next)));
    if (place) pages.add(place.page);
  }
  return [...pages];
}

/** @returns {Evidence[]} what is marked for the current field */
function evidenceShown() {
  const field = desk.fields.get(desk.current), pending = desk.pending.get(desk.current);
  return pending?.evidence ?? field?.evidence ?? [];
}
function placeShown() {
  const field = desk.fields.get(desk.current);
  if (!field) return undefined;
  return evidenceShown()[0] ?? firstPlace(field) ?? (isCell(field.path) ? rowPlace(field.path) : undefined);
}
function rowPlace(/** @type {string} */ path) {
  const row = rowOf(path);
  for (const [other, field] of desk.fields) if (other.startsWith(row) && field.evidence[0]) return field.evidence[0];
  return undefined;
}

const SOURCES = {embedded: "e-invoice data", rules: "rules", llm: "model", memory: "layout memory", person: "a person"};

function drawDetail() {
  const field = desk.fields.get(desk.current);
  if (!field) { $("reason").textContent = ""; $("more").hidden = true; $("candidates").replaceChildren(); return; }
  $("detail-label").textContent = isCell(field.path) ? `${field.label}, row ${field.path.match(/\[(\d+)\]/)?.[1]}` : field.label;
  const said = field.reasons.slice(0, REASONS_SHOWN).join(" "), more = field.reasons.slice(REASONS_SHOWN);
  $("reason").textContent = desk.errors.get(field.path) ?? (said || (field.doubtful ? "" : "Nothing is open here."));
  $("more").hidden = !more.length;
  $("more-reasons").textContent = more.join(" ");
  const pending = desk.pending.get(field.path);
  $("candidates").replaceChildren(...candidates(field).map((candidate, place) => {
    const item = make("li"), button = make("button", "candidate");
    const where = candidate.evidence[0] ? `page ${candidate.evidence[0].page}` : "not found on a page";
    const text = make("span", "text", candidate.text || "–");
    text.dir = "auto";
    button.append(text, make("span", "faint", [SOURCES[/** @type {keyof SOURCES} */ (candidate.source)] ?? "", where].filter(Boolean).join(", ")));
    const chosen = pending ? pending.choice === place : place === 0;
    button.setAttribute("aria-pressed", String(chosen));
    button.addEventListener("click", () => { desk.by = "mouse"; if (place === 0) { desk.pending.delete(field.path); accept(); } else fill(field.path, {text: candidate.text, evidence: candidate.evidence}); });
    item.append(button);
    return item;
  }));
  const strip = evidenceShown()[0];
  drawStrip(strip);
  // The same field for those who hear the page: its words in running text.
  $("spoken").classList.toggle("unseen", Boolean(strip));
  $("spoken").textContent = strip ? `On page ${strip.page}: ${strip.quote || "marked place"}` : "No place on the page.";
}

function candidates(/** @type {Field} */ field) {
  const own = {text: shown(field), evidence: field.evidence, source: field.source ?? ""};
  return [own, ...field.alternatives.map((other) => ({text: other.value, evidence: other.evidence, source: other.source}))]
    .filter((candidate, place, all) => place === 0 || all.findIndex((c) => c.text === candidate.text) === place);
}

/** Down and Up: shows another candidate in the field and on the page. */
function walk(/** @type {number} */ step) {
  const field = desk.fields.get(desk.current);
  if (!field || desk.locked) return;
  const all = candidates(field), at = desk.pending.get(field.path)?.choice ?? 0;
  const choice = Math.max(0, Math.min(all.length - 1, at + step));
  if (choice === 0) desk.pending.delete(field.path);
  else desk.pending.set(field.path, {text: all[choice].text, evidence: all[choice].evidence, choice});
  changedPending(all[choice].evidence[0]);
}

function changedPending(/** @type {Evidence|undefined} */ at) {
  desk.errors.delete(desk.current);
  const pending = desk.pending.get(desk.current);
  keepDraft(desk.current, pending ? pending.text : null);
  drawField(desk.current);
  drawDetail();
  showPage(at?.page ?? desk.page, at);
}

// ---------------------------------------------------------------------------------------------- typing

function startEditing(/** @type {boolean} */ replacing) {
  const field = desk.fields.get(desk.current), cell = cellOf(desk.current);
  if (!field || !cell || field.masked || field.kind === "table" || refused()) return;
  const text = replacing ? "" : desk.pending.get(field.path)?.text ?? shown(field);
  const long = field.kind === "clause";
  const editor = /** @type {HTMLInputElement} */ (make(field.choices.length && !replacing ? "select" : long ? "textarea" : "input", "editor"));
  if (editor instanceof HTMLSelectElement) editor.replaceChildren(new Option("", ""), ...field.choices.map((choice) => new Option(choice.replaceAll("_", " "), choice)));
  editor.value = text;
  editor.dir = "auto";
  editor.setAttribute("aria-label", field.label);
  editor.setAttribute("aria-describedby", "reason");
  editor.autocomplete = "off";
  editor.spellcheck = false;
  cell.replaceChildren(editor);
  desk.editing = true;
  editor.focus();
  editor.addEventListener("input", () => { desk.pending.set(field.path, {text: editor.value, evidence: null}); keepDraft(field.path, editor.value); });
  editor.addEventListener("blur", () => { if (desk.editing && desk.current === field.path && editor.isConnected) stopEditing(true); });
}

/** Ends editing; what was typed stays with the field as not saved yet, or is dropped. */
function stopEditing(keep = true) {
  if (!desk.editing) return;
  desk.editing = false;
  if (!keep) { desk.pending.delete(desk.current); keepDraft(desk.current, null); desk.errors.delete(desk.current); }
  drawField(desk.current);
}

// ---------------------------------------------------------------------------------------------- tables

function drawTable(/** @type {any} */ table) {
  const id = `table-${table.path}`;
  let box = document.getElementById(id);
  if (!box) { box = make("section", "table"); box.id = id; $("tables").append(box); }
  const focused = box.contains(document.activeElement) && !desk.editing;
  const head = make("div", "row"), title = make("h2", "", table.label);
  head.append(title, make("span", "faint", countWords(table)));
  for (const [text, does] of /** @type {[string, () => void][]} */ ([
    ["Add row", () => insertRow(table.path)], ["Delete row", () => deleteRow()], ["Draw a column", () => drawColumn()],
  ])) {
    const button = make("button", "", text);
    /** @type {HTMLButtonElement} */ (button).disabled = desk.locked;
    if (text === "Draw a column") { button.setAttribute("aria-pressed", String(desk.column)); button.dataset.does = "column"; }
    button.addEventListener("click", () => { desk.by = "mouse"; does(); });
    head.append(button);
  }
  const grid = make("table");
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", table.label);
  const columns = table.columns.filter((/** @type {any} */ column) => table.rows.some((/** @type {any} */ row) => row.cells[column.name]) || !table.rows.length);
  const top = make("tr");
  top.setAttribute("role", "row");
  top.append(make("th", "", "#"), ...columns.map((/** @type {any} */ column) => { const cell = make("th", column.kind === "money" || column.kind === "number" ? "number" : "", column.label); cell.setAttribute("role", "columnheader"); return cell; }));
  top.children[0].setAttribute("role", "columnheader");
  const thead = make("thead"), tbody = make("tbody");
  thead.append(top);
  for (const row of table.rows) {
    const line = make("tr");
    line.setAttribute("role", "row");
    const number = make("th", "", String(row.number));
    number.setAttribute("role", "rowheader");
    line.append(number);
    for (const column of columns) {
      const cell = make("td", `value${column.kind === "money" || column.kind === "number" ? " number" : ""}`), field = row.cells[column.name];
      cell.setAttribute("role", "gridcell");
      if (field) { cell.dataset.path = field.path; fillCell(cell, field); }
      line.append(cell);
    }
    tbody.append(line);
  }
  for (const missing of table.missing_rows ?? []) tbody.append(missingRow(table, missing, columns.length));
  const wide = make("div", "wide");
  grid.append(thead, tbody);
  wide.append(grid);
  wide.tabIndex = -1;
  const totals = make("ul", "totals");
  for (const total of table.totals ?? []) {
    const off = total.difference !== null && total.difference !== undefined && Number(total.difference) !== 0;
    const item = make("li", off ? "bad" : total.outcome === "passed" ? "good" : "faint", total.message || (off ? "" : "The rows add up to the total."));
    if (off) item.append(make("strong", "difference", ` Difference ${total.difference}`));
    totals.append(item);
  }
  const parts = [head, wide, totals];
  if (table.field) {
    const whole = make("table"), line = make("tr"), label = make("th", "", "All rows are there"), cell = make("td", "value");
    whole.setAttribute("role", "grid"); whole.setAttribute("aria-label", `${table.label}, as a whole`);
    line.setAttribute("role", "row"); label.setAttribute("role", "rowheader"); cell.setAttribute("role", "gridcell");
    cell.dataset.path = table.path;
    fillCell(cell, table.field);
    line.append(label, cell);
    const body = make("tbody"); body.append(line); whole.append(body);
    parts.push(whole);
  }
  box.replaceChildren(...parts);
  if (watcher) for (const cell of box.querySelectorAll("[data-path]")) watcher.observe(cell);
  if (focused) focusCell(desk.current);
}

function countWords(/** @type {any} */ table) {
  const count = `${table.rows.length} ${table.rows.length === 1 ? "row" : "rows"}`;
  return table.expected_rows && table.expected_rows !== table.rows.length ? `${count} of ${table.expected_rows} that the page shows` : count;
}

function missingRow(/** @type {any} */ table, /** @type {any} */ missing, /** @type {number} */ width) {
  const line = make("tr", "missing"), head = make("th", "", "?"), cell = make("td", "", `Not read: ${missing.text}`);
  line.setAttribute("role", "row"); head.setAttribute("role", "rowheader"); cell.setAttribute("role", "gridcell");
  /** @type {HTMLTableCellElement} */ (cell).colSpan = width;
  const button = make("button", "", "Show");
  button.addEventListener("click", () => showPage(missing.page, {page: missing.page, boxes: [missing.box], quote: missing.text}));
  cell.append(" ", button);
  line.append(head, cell);
  return line;
}

const tableOf = (/** @type {string} */ path) => desk.doc.tables.find((/** @type {any} */ table) => table.path === path.split("[")[0]);

async function insertRow(/** @type {string} */ name, /** @type {any} */ values = {}) {
  if (desk.locked) return;
  const inside = isCell(desk.current) && desk.current.startsWith(`${name}[`);
  const number = inside ? Number(desk.current.match(/\[(\d+)\]/)?.[1]) + 1 : null;
  const path = number ? `${name}[${number}]` : name;
  const told = await queue.add({key: "", act: "insert_row", path, value: values, seconds: seconds(), by: desk.by});
  if (told.failed) return;
  const table = tableOf(name), row = number ? table.rows.find((/** @type {any} */ r) => r.number === number) : table.rows.at(-1);
  const cell = row && table.columns.map((/** @type {any} */ c) => row.cells[c.name]).find(Boolean);
  if (cell) goTo(cell.path);
}

async function deleteRow() {
  if (!isCell(desk.current) || desk.locked) { say("Go to a cell of the row first.", "bad"); return; }
  const path = rowOf(desk.current), name = path.split("[")[0], number = Number(path.match(/\[(\d+)\]/)?.[1]);
  const row = tableOf(name).rows.find((/** @type {any} */ r) => r.number === number);
  const told = await queue.add({key: "", act: "delete_row", path, version: row?.version ?? null, seconds: seconds(), by: desk.by});
  if (told.failed) return;
  const left = tableOf(name).rows, at = left.find((/** @type {any} */ r) => r.number >= number) ?? left.at(-1);
  const cell = at && Object.values(at.cells)[0];
  if (cell) goTo(/** @type {Field} */ (cell).path);
  say("Row deleted. Ctrl+Z brings it back.", "good");
}

/** Arrows of a table. */
function moveInTable(/** @type {number} */ down, /** @type {number} */ right) {
  const cell = cellOf(desk.current), line = cell?.parentElement;
  if (!cell || !line) return;
  const column = [...line.children].indexOf(cell) + right;
  let target = line;
  for (let i = 0; i < Math.abs(down); i++) target = /** @type {HTMLElement} */ (down > 0 ? target.nextElementSibling : target.previousElementSibling) ?? target;
  const path = /** @type {HTMLElement|undefined} */ (target.children[column])?.dataset.path;
  if (path) goTo(path);
}

function drawColumn() {
  desk.column = !desk.column && isCell(desk.current);
  for (const button of root.querySelectorAll("[data-does=column]")) button.setAttribute("aria-pressed", String(desk.column));
  say(desk.column ? `Drag over the words of the column ${desk.fields.get(desk.current)?.label}.` : isCell(desk.current) ? "" : "Go to a cell of the column first.");
}

/** Fills a column from words drawn over: each line of words goes to the row that stands at its height, or a new one. */
async function fillColumn(/** @type {number} */ page, /** @type {Word[]} */ words) {
  desk.column = false;
  const name = desk.current.split("[")[0], column = desk.current.split("].")[1], table = tableOf(name);
  /** @type {Word[][]} */ const lines = [];
  for (const word of [...words].sort((a, b) => a[1] + a[3] - b[1] - b[3])) {
    const line = lines.at(-1), middle = (word[1] + word[3]) / 2;
    if (line && middle < Math.max(...line.map((w) => w[3]))) line.push(word); else lines.push([word]);
  }
  const heights = new Map();
  for (const row of table.rows) {
    const at = Object.values(row.cells).flatMap((c) => /** @type {Field} */ (c).evidence).find((e) => e.page === page);
    if (at) heights.set(row.number, (at.boxes[0][1] + at.boxes[0][3]) / 2);
  }
  const free = table.rows.filter((/** @type {any} */ row) => !heights.has(row.number)).map((/** @type {any} */ row) => row.number);
  /** @type {Promise<any>[]} */ const sent = [];
  for (const line of lines) {
    line.sort((a, b) => a[0] - b[0]);
    const text = line.map((word) => word[4]).join(" "), top = Math.min(...line.map((w) => w[1])), bottom = Math.max(...line.map((w) => w[3]));
    let number = [...heights].find(([, y]) => y >= top - 2 && y <= bottom + 2)?.[0];
    if (number === undefined) number = free.shift();
    const field = number === undefined ? null : desk.fields.get(`${name}[${number}].${column}`);
    sent.push(field
      ? queue.add({key: "", act: "set", path: field.path, value: text, version: field.version, evidence: evidenceOf(page, line), seconds: seconds(), by: desk.by})
      : queue.add({key: "", act: "insert_row", path: name, value: {[column]: text}, seconds: seconds(), by: desk.by}));
  }
  const answers = await Promise.all(sent);
  const failed = answers.filter((told) => told.failed).length;
  say(`${lines.length - failed} cells filled${failed ? `, ${failed} need a look` : ""}. Ctrl+Z takes them back.`, failed ? "bad" : "good");
}

async function pasteRows(/** @type {string} */ text) {
  const name = desk.current.split("[")[0];
  const told = await queue.add({key: "", act: "paste_rows", path: name, value: text, seconds: seconds(), by: desk.by});
  if (!told.failed) say("Rows pasted. Ctrl+Z takes them back.", "good");
}

// ---------------------------------------------------------------------------------------------- the page

/** @type {Map<string, {image: HTMLImageElement, words: Promise<Sheet>, sheet: Sheet|null, ready: Promise<void>, decoded: boolean}>} */
const sheets = new Map();

/** Picture and words of a page, asked for once. */
function sheetOf(/** @type {number} */ number, doc = desk.doc, scale = scaleWanted()) {
  const key = `${doc.document}/${number}/${scale}`;
  let found = sheets.get(key);
  if (found) { sheets.delete(key); sheets.set(key, found); return found; }
  const image = new Image();
  image.alt = `Page ${number} of ${doc.name}`; image.draggable = false;
  image.src = `/pages/${doc.document}/${number}.png?scale=${scale}`;
  const other = otherScale(number, doc);
  const words = other?.words ?? fetch(`/pages/${doc.document}/${number}/words.json`, {credentials: "same-origin"}).then((answer) => answer.ok ? answer.json() : {width: 1, height: 1, words: []}).catch(() => ({width: 1, height: 1, words: []}));
  const made = {image, words, sheet: /** @type {Sheet|null} */ (null), decoded: false, ready: image.decode().catch(() => {}).then(() => { made.decoded = true; })};
  words.then((/** @type {Sheet} */ sheet) => { made.sheet = sheet; });
  found = made;
  sheets.set(key, found);
  for (const old of sheets.keys()) { if (sheets.size <= SHEETS_KEPT) break; sheets.delete(old); }
  return found;
}

/** The same page at another scale, if it is at hand. */
const otherScale = (/** @type {number} */ number, doc = desk.doc) => [...sheets].find(([key]) => key.startsWith(`${doc.document}/${number}/`))?.[1];

const pageShape = (number = desk.page) => desk.doc.pages.find((/** @type {any} */ page) => page.number === number) ?? desk.doc.pages[0];

/** Pixels an inch that the page on the screen is worth. */
function scaleWanted() {
  const shape = desk.doc && pageShape();
  if (!shape) return 110;
  const pixels = fitWidth(shape) * desk.zoom * Math.min(2, devicePixelRatio || 1);
  return pixels > shape.width / 72 * 110 * 1.45 ? 200 : 110;
}

const fitWidth = (/** @type {any} */ shape) => {
  const stage = $("stage"), across = desk.turn % 180 ? shape.height : shape.width;
  return Math.max(120, (stage.clientWidth - 24) * shape.width / across);
};

let showing = 0;
/** Shows a page with its marks; `at` is scrolled into view. */
async function showPage(/** @type {number} */ number, /** @type {Evidence|undefined} */ at = undefined) {
  if (!desk.doc.pages.length) return;
  const numbers = desk.doc.pages.map((/** @type {any} */ page) => page.number);
  desk.page = numbers.includes(number) ? number : numbers[0];
  /** @type {HTMLInputElement} */ ($("page-number")).value = String(desk.page);
  markThumb();
  const mine = ++showing, shape = pageShape(), found = sheetOf(desk.page);
  layOut(shape);
  drawMarks();
  if (at) bringIntoView(at);
  if (!found.decoded) {
    const rough = otherScale(desk.page);
    hang((rough?.decoded ? rough : found).image);
    root.dataset.drawing = "true";
    await found.ready;
    if (mine !== showing) return;
  }
  hang(found.image);
  delete root.dataset.drawing;
  root.dataset.shown = `${desk.doc.document}/${desk.page}`;
  drawStrip(evidenceShown()[0]);
  drawText();
  found.words.then(() => { if (mine === showing) drawMarks(); });
  for (const near of [desk.page + 1, desk.page - 1]) if (numbers.includes(near)) setTimeout(() => looked.then(() => { if (mine === showing) sheetOf(near); }), SETTLED); // pages of next fields go first
}

/** Puts a picture up. It is the element that was decoded before, so that nothing is left to do but to paint it. */
function hang(/** @type {HTMLImageElement} */ image) {
  const before = $("picture");
  if (before === image) return;
  before.removeAttribute("id");
  image.id = "picture";
  before.replaceWith(image);
}

function layOut(/** @type {any} */ shape) {
  const width = fitWidth(shape) * desk.zoom, height = width * shape.height / shape.width, sheet = $("sheet");
  sheet.style.width = `${width}px`;
  sheet.style.height = `${height}px`;
  sheet.style.transform = desk.turn ? `rotate(${desk.turn}deg)` : "";
  const side = desk.turn % 180 ? (height - width) / 2 : 0;
  sheet.style.margin = desk.turn % 180 ? `${-side}px ${side}px` : "";
  $("marks").setAttribute("viewBox", `0 0 ${shape.width} ${shape.height}`);
}

function bringIntoView(/** @type {Evidence} */ at) {
  const box = at.boxes[0], stage = $("stage"), shape = pageShape();
  if (!box || desk.turn) return;
  const scale = fitWidth(shape) * desk.zoom / shape.width, top = box[1] * scale, left = box[0] * scale;
  if (top < stage.scrollTop + 40 || box[3] * scale > stage.scrollTop + stage.clientHeight - 40) stage.scrollTop = Math.max(0, top - stage.clientHeight / 3);
  if (left < stage.scrollLeft || box[2] * scale > stage.scrollLeft + stage.clientWidth) stage.scrollLeft = Math.max(0, left - stage.clientWidth / 3);
}

function rectangle(/** @type {number[]} */ box, /** @type {string} */ name, grow = 1.2) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("x", String(box[0] - grow)); rect.setAttribute("y", String(box[1] - grow));
  rect.setAttribute("width", String(box[2] - box[0] + 2 * grow)); rect.setAttribute("height", String(box[3] - box[1] + 2 * grow));
  rect.setAttribute("class", name);
  return rect;
}

/** Marks the evidence of the current field, its other candidates, what a search found, and words nobody would see. */
function drawMarks() {
  const field = desk.fields.get(desk.current), marks = [];
  const sheet = sheetOf(desk.page).sheet;
  for (const word of sheet?.words ?? []) if (!word[5]) { const rect = rectangle(word, "hidden-word"); const title = document.createElementNS(SVG, "title"); title.textContent = `Hidden text: ${word[4]}`; rect.append(title); marks.push(rect); }
  for (const hit of desk.hits) if (hit.page === desk.page) for (const box of hit.boxes) marks.push(rectangle(box, hit === desk.hits[desk.hit] ? "hit here" : "hit"));
  for (const table of desk.doc.tables) for (const missing of table.missing_rows ?? []) if (missing.page === desk.page) marks.push(rectangle(missing.box, "missing-row"));
  if (field) {
    for (const other of field.alternatives) for (const at of other.evidence) if (at.page === desk.page) for (const box of at.boxes) marks.push(rectangle(box, "other"));
    if (desk.pending.get(field.path)?.evidence) for (const at of field.evidence) if (at.page === desk.page) for (const box of at.boxes) marks.push(rectangle(box, "other"));
    for (const at of evidenceShown()) if (at.page === desk.page) for (const box of at.boxes) marks.push(rectangle(box, "evidence"));
  }
  $("marks").replaceChildren(...marks);
}

/** The evidence, magnified, with a little of what stands around it. */
function drawStrip(/** @type {Evidence|undefined} */ at) {
  const canvas = /** @type {HTMLCanvasElement} */ ($("strip"));
  canvas.hidden = !at?.boxes.length;
  if (!at?.boxes.length || !desk.doc.pages.length) return;
  const found = sheetOf(at.page), shape = pageShape(at.page), image = found.image;
  canvas.setAttribute("aria-label", `Evidence on page ${at.page}: ${at.quote}`);
  if (!image.complete || !image.naturalWidth) { const key = desk.current; found.ready.then(() => { if (key === desk.current && image.naturalWidth) drawStrip(at); }); return; }
  const ratio = Math.min(2, devicePixelRatio || 1), width = canvas.clientWidth || 400, height = canvas.clientHeight || 72;
  canvas.width = width * ratio; canvas.height = height * ratio;
  const x0 = Math.min(...at.boxes.map((b) => b[0])), x1 = Math.max(...at.boxes.map((b) => b[2])), y0 = at.boxes[0][1], y1 = at.boxes[0][3];
  const scale = Math.min(MAGNIFIED, width / Math.max(40, x1 - x0 + 16)), across = width / scale, down = height / scale;
  const left = (x0 + x1) / 2 - across / 2, top = (y0 + y1) / 2 - down / 2, pixels = image.naturalWidth / shape.width;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, left * pixels, top * pixels, across * pixels, down * pixels, 0, 0, canvas.width, canvas.height);
  pen.globalCompositeOperation = "multiply";
  pen.fillStyle = "#ffe27a";
  for (const box of at.boxes) pen.fillRect((box[0] - left) * scale * ratio, (box[1] - top) * scale * ratio, (box[2] - box[0]) * scale * ratio, (box[3] - box[1]) * scale * ratio);
  pen.globalCompositeOperation = "source-over";
}

// --- thumbnails: drawn when nobody waits for anything else, since one takes the server as much time as it takes others

/** @type {Set<HTMLElement>} */
const thumbsInSight = new Set();
/** @type {IntersectionObserver|null} */
let thumbWatcher = null;

function drawThumbs() {
  const many = desk.doc.pages.length > 1, marked = new Set([...desk.fields.values()].filter((f) => f.doubtful).flatMap((f) => f.evidence.map((e) => e.page)));
  $("thumbs").hidden = !many;
  $("thumbs").replaceChildren(...(many ? desk.doc.pages : []).map((/** @type {any} */ page) => {
    const button = make("button", marked.has(page.number) ? "thumb marked" : "thumb"), image = new Image();
    button.dataset.page = String(page.number);
    button.setAttribute("aria-label", `Page ${page.number}${marked.has(page.number) ? ", has fields to decide" : ""}`);
    image.alt = ""; image.width = 56; image.height = Math.round(56 * page.height / page.width);
    button.append(image, make("span", "", String(page.number)));
    button.addEventListener("click", () => { showPage(page.number); focusCell(desk.current); });
    return button;
  }));
  thumbWatcher ??= new IntersectionObserver((entries) => {
    for (const entry of entries) { const thumb = /** @type {HTMLElement} */ (entry.target); if (entry.isIntersecting) thumbsInSight.add(thumb); else thumbsInSight.delete(thumb); }
    fillThumbs();
  }, {root: $("thumbs"), rootMargin: THUMBS_AROUND});
  thumbWatcher.disconnect();
  thumbsInSight.clear();
  for (const thumb of $("thumbs").children) thumbWatcher.observe(thumb);
}

let filling = false;
/** Draws what is in sight, one after the other, each when all pages that were asked for are there. */
async function fillThumbs() {
  if (filling) return;
  filling = true;
  for (;;) {
    await looked;
    await Promise.all([...sheets.values()].map((sheet) => sheet.ready));
    const [thumb] = thumbsInSight;
    if (!thumb) break;
    thumbsInSight.delete(thumb);
    thumbWatcher?.unobserve(thumb);
    const image = /** @type {HTMLImageElement} */ (thumb.querySelector("img"));
    image.src = `/pages/${desk.doc.document}/${thumb.dataset.page}.png?scale=24`;
    await image.decode().catch(() => {});
  }
  filling = false;
}

function markThumb() {
  const thumbs = $("thumbs"), before = thumbs.querySelector("[aria-current]"), now = thumbs.querySelector(`[data-page="${desk.page}"]`);
  if (before === now) return;
  before?.removeAttribute("aria-current");
  now?.setAttribute("aria-current", "page");
  if (!thumbs.hidden) now?.scrollIntoView({block: "nearest"});
}

// --- words

/** Index of the word at a point of the page, -1 for none: an array search, no node per word. */
function wordAt(/** @type {Sheet|null} */ sheet, /** @type {number} */ x, /** @type {number} */ y) {
  const words = sheet?.words ?? [];
  for (let i = 0; i < words.length; i++) { const w = words[i]; if (w[5] && x >= w[0] - 1 && x <= w[2] + 1 && y >= w[1] - 1 && y <= w[3] + 1) return i; }
  return -1;
}

/** One box for each line of the words. */
function evidenceOf(/** @type {number} */ page, /** @type {Word[]} */ words) {
  /** @type {Map<number, number[]>} */ const boxes = new Map();
  for (const word of words) {
    const box = boxes.get(word[6]);
    boxes.set(word[6], box ? [Math.min(box[0], word[0]), Math.min(box[1], word[1]), Math.max(box[2], word[2]), Math.max(box[3], word[3])] : word.slice(0, 4));
  }
  return {page, boxes: [...boxes.values()], quote: words.map((word) => word[4]).join(" ")};
}

/** Fills the current field from words of the page, and goes on. */
function pick(/** @type {number} */ page, /** @type {Word[]} */ words, path = desk.current, adding = false) {
  const field = desk.fields.get(path);
  if (!words.length || !field || desk.locked || field.kind === "table") return;
  desk.by = "mouse";
  let text = words.map((word) => word[4]).join(" "), evidence = [evidenceOf(page, words)];
  if (adding) {
    const before = desk.pending.get(path);
    const old = before?.evidence ?? field.evidence;
    text = field.many ? [...(before ? [before.text] : field.values), text].join("; ") : [before?.text ?? "", text].filter(Boolean).join(" ");
    evidence = before || field.many ? [...old, ...evidence] : evidence;
    desk.pending.set(path, {text, evidence});
    changedPending(evidence.at(-1));
    say("Enter saves it.");
    return;
  }
  fill(path, {text, evidence});
}

/** Left, Right and with Shift: moves, shrinks or grows the evidence by words; the value follows. */
async function moveBox(/** @type {number} */ step, /** @type {"move"|"grow"|"line"} */ how) {
  const field = desk.fields.get(desk.current);
  if (!field || desk.locked || field.kind === "table") return;
  const at = placeShown(), page = at?.page ?? desk.page, found = sheetOf(page), sheet = found.sheet ?? await found.words;
  const words = sheet.words.map((word, i) => /** @type {[Word, number]} */ ([word, i])).filter(([word]) => word[5]);
  if (!words.length) return;
  const inside = (/** @type {Word} */ w) => at?.boxes.some((b) => (w[0] + w[2]) / 2 >= b[0] - 1 && (w[0] + w[2]) / 2 <= b[2] + 1 && (w[1] + w[3]) / 2 >= b[1] - 1 && (w[1] + w[3]) / 2 <= b[3] + 1);
  const held = words.map(([word], i) => inside(word) ? i : -1).filter((i) => i >= 0);
  let first = held[0] ?? -1, last = held.at(-1) ?? -1;
  if (first < 0) first = last = step > 0 ? 0 : words.length - 1;
  else if (how === "grow") last = Math.max(first, Math.min(words.length - 1, last + step));
  else if (how === "line") {
    const now = words[first][0], middle = (now[0] + now[2]) / 2, y = (now[1] + now[3]) / 2;
    const onward = words.filter(([w]) => step > 0 ? w[1] > now[3] - 1 : w[3] < now[1] + 1);
    if (!onward.length) return;
    const distance = (/** @type {Word} */ w) => Math.abs((w[1] + w[3]) / 2 - y) * 4 + Math.abs((w[0] + w[2]) / 2 - middle);
    const best = onward.reduce((a, b) => distance(b[0]) < distance(a[0]) ? b : a);
    first = last = words.indexOf(best);
  } else { const size = last - first; first = step > 0 ? last + 1 : first - 1 - size; first = Math.max(0, Math.min(words.length - 1 - size, first)); last = first + size; }
  const chosen = words.slice(first, last + 1).map(([word]) => word), evidence = [evidenceOf(page, chosen)];
  desk.pending.set(desk.current, {text: evidence[0].quote, evidence});
  changedPending(evidence[0]);
}

// --- text pane

/** @type {{line: number, words: [Word, number][]}[]} */
let textLines = [];
/** The page as text with the evidence in <mark>; heads and feet that stand on the neighbours too are left out. */
async function drawText() {
  const pane = $("text");
  if (pane.hidden) return;
  const number = desk.page, sheet = await sheetOf(number).words, near = desk.doc.pages.map((/** @type {any} */ p) => p.number).filter((/** @type {number} */ n) => Math.abs(n - number) === 1);
  const others = await Promise.all(near.map((/** @type {number} */ n) => sheetOf(n).words));
  if (pane.hidden || number !== desk.page) return;
  const lines = linesOf(sheet), repeated = new Set(others.flatMap((other) => edges(linesOf(other)).map(plain)));
  const cut = new Set(edges(lines).filter((line) => repeated.has(plain(line))));
  textLines = lines.filter((line) => !cut.has(line));
  const marked = evidenceShown().filter((at) => at.page === number).flatMap((at) => at.boxes);
  const inside = (/** @type {Word} */ w) => marked.some((b) => (w[0] + w[2]) / 2 >= b[0] - 1 && (w[0] + w[2]) / 2 <= b[2] + 1 && (w[1] + w[3]) / 2 >= b[1] - 1 && (w[1] + w[3]) / 2 <= b[3] + 1);
  const right = Math.max(...textLines.map((line) => Math.max(...line.words.map(([word]) => word[2]))));
  pane.replaceChildren();
  textLines.forEach((line, place) => {
    const part = make("span");
    part.dataset.line = String(place);
    let run = "", on = false;
    const flush = () => { if (run) part.append(on ? make("mark", "", run) : document.createTextNode(run)); run = ""; };
    line.words.forEach(([word], i) => { const now = Boolean(word[5]) && inside(word), blank = i ? " " : ""; if (now !== on) { if (!now || !on) { if (now) { run += blank; flush(); on = now; run = word[4]; } else { flush(); on = now; run = blank + word[4]; } } } else run += blank + word[4]; });
    flush();
    const hidden = line.words.every(([word]) => !word[5]);
    if (hidden) { part.className = "hidden-text"; part.prepend(make("strong", "", "Hidden text: ")); }
    if (!hidden && place && runsOn(textLines[place - 1].words, line.words, right)) pane.lastElementChild?.append(" ", part);
    else { const paragraph = make("p"); paragraph.dir = "auto"; paragraph.append(part); pane.append(paragraph); }
  });
  pane.querySelector("mark")?.scrollIntoView({block: "center"});
}

/** Whether a line of running text goes on in the next one: it ends at the right edge, has no gaps of a table, and the next one follows closely. */
function runsOn(/** @type {[Word, number][]} */ line, /** @type {[Word, number][]} */ next, /** @type {number} */ right) {
  const words = line.map(([word]) => word), bottom = Math.max(...words.map((word) => word[3])), height = bottom - Math.min(...words.map((word) => word[1]));
  const space = Math.min(...next.map(([word]) => word[1])) - bottom;
  return words.every((word, i) => word[5] && (!i || word[0] - words[i - 1][2] < 1.5 * height))
    && words[words.length - 1][2] > 0.85 * right && space > -0.5 * height && space < 0.8 * height;
}

function linesOf(/** @type {Sheet} */ sheet) {
  /** @type {Map<number, [Word, number][]>} */ const lines = new Map();
  sheet.words.forEach((word, i) => { const line = lines.get(word[6]); if (line) line.push([word, i]); else lines.set(word[6], [[word, i]]); });
  return [...lines].map(([line, words]) => ({line, words}));
}
const edges = (/** @type {any[]} */ lines) => [...lines.slice(0, 2), ...lines.slice(-2)];
const plain = (/** @type {any} */ line) => line.words.map((/** @type {any} */ [word]) => word[4]).join(" ").replace(/\d+/g, "0");

/** Words selected in the text pane fill the field. */
function pickFromText(/** @type {boolean} */ adding) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0), words = [];
  for (const part of $("text").querySelectorAll("[data-line]")) {
    if (!range.intersectsNode(part)) continue;
    const line = textLines[Number(/** @type {HTMLElement} */ (part).dataset.line)];
    const from = part.contains(range.startContainer) ? offsetIn(part, range.startContainer, range.startOffset) : 0;
    const to = part.contains(range.endContainer) ? offsetIn(part, range.endContainer, range.endOffset) : Infinity;
    let at = 0;
    for (const [word] of line.words) { if (word[5] && at < to && at + word[4].length > from) words.push(word); at += word[4].length + 1; }
  }
  selection.removeAllRanges();
  pick(desk.page, words, desk.current, adding);
}
function offsetIn(/** @type {Element} */ part, /** @type {Node} */ node, /** @type {number} */ offset) {
  const before = document.createRange();
  before.selectNodeContents(part);
  before.setEnd(node, offset);
  return before.toString().length;
}

// --- pointer

/** @type {{x: number, y: number, word: number, moved: boolean, id: number}|null} */
let drag = null;

function pointOn(/** @type {PointerEvent|MouseEvent} */ event) {
  const shape = pageShape(), sheet = $("sheet"); // offsetX counts in the sheet's own, unturned pixels
  return [event.offsetX / sheet.clientWidth * shape.width, event.offsetY / sheet.clientHeight * shape.height];
}

function drawDrag(/** @type {number[]|null} */ box, /** @type {Word[]} */ words) {
  for (const old of $("marks").querySelectorAll(".hover, .drag")) old.remove();
  for (const word of words) $("marks").append(rectangle(word, "hover"));
  if (box) $("marks").append(rectangle(box, "drag", 0));
}

function wordsIn(/** @type {Sheet|null} */ sheet, /** @type {number[]} */ [x0, y0, x1, y1]) {
  return (sheet?.words ?? []).filter((w) => w[5] && w[2] > x0 && w[0] < x1 && (w[1] + w[3]) / 2 > y0 && (w[1] + w[3]) / 2 < y1);
}

/** From the first to the last word: a box for columns and tables, reading order over several lines of text. */
function selected(/** @type {Sheet|null} */ sheet, /** @type {any} */ from, /** @type {number} */ x, /** @type {number} */ y) {
  const box = [Math.min(from.x, x), Math.min(from.y, y), Math.max(from.x, x), Math.max(from.y, y)];
  const to = wordAt(sheet, x, y);
  const clause = desk.fields.get(desk.current)?.kind === "clause";
  if (clause && from.word >= 0 && to >= 0 && sheet) return {box, words: sheet.words.slice(Math.min(from.word, to), Math.max(from.word, to) + 1).filter((w) => w[5])};
  const one = box[3] - box[1] < 6 ? [box[0], box[1] - 4, box[2], box[3] + 4] : box;
  return {box, words: wordsIn(sheet, one)};
}

function listenToThePage() {
  const layer = $("layer");
  layer.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const [x, y] = pointOn(event);
    drag = {x, y, word: wordAt(sheetOf(desk.page).sheet, x, y), moved: false, id: event.pointerId};
    if (event.pointerType !== "touch") layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener("pointermove", (event) => {
    const [x, y] = pointOn(event), sheet = sheetOf(desk.page).sheet;
    if (!drag) { const over = wordAt(sheet, x, y); drawDrag(null, over >= 0 && sheet ? [sheet.words[over]] : []); layer.style.cursor = over >= 0 ? "pointer" : "crosshair"; return; }
    drag.moved ||= Math.hypot(x - drag.x, y - drag.y) > 4;
    if (drag.moved) { const {box, words} = selected(sheet, drag, x, y); drawDrag(box, words); }
  });
  layer.addEventListener("pointerleave", () => { if (!drag) drawDrag(null, []); });
  layer.addEventListener("pointercancel", () => { drag = null; drawDrag(null, []); });
  layer.addEventListener("pointerup", async (event) => {
    if (!drag) return;
    const from = drag, [x, y] = pointOn(event), found = sheetOf(desk.page), sheet = found.sheet ?? await found.words;
    drag = null;
    drawDrag(null, []);
    if (from.moved) {
      const {words} = selected(sheet, from, x, y);
      if (desk.column) { desk.by = "mouse"; await fillColumn(desk.page, words); return; }
      const path = desk.current;
      pick(desk.page, words, path, event.altKey || event.ctrlKey || event.metaKey);
      return;
    }
    const at = from.word >= 0 ? from.word : wordAt(sheet, x, y);
    if (at < 0) { focusCell(desk.current); return; }
    if (event.shiftKey && desk.picked?.page === desk.page) {
      const [first, last] = [Math.min(desk.picked.from, at), Math.max(desk.picked.to, at)];
      pick(desk.page, sheet.words.slice(first, last + 1).filter((w) => w[5]), desk.picked.path);
      desk.picked = {...desk.picked, from: first, to: last};
      return;
    }
    desk.picked = {path: desk.current, page: desk.page, from: at, to: at};
    pick(desk.page, [sheet.words[at]], desk.current, event.ctrlKey || event.metaKey || event.altKey);
  });
  $("stage").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(desk.zoom * (event.deltaY < 0 ? 1.15 : 1 / 1.15));
  }, {passive: false});
  new ResizeObserver(() => { if (desk.doc?.pages.length) { layOut(pageShape()); drawStrip(evidenceShown()[0]); } }).observe($("stage"));
}

function zoomTo(/** @type {number} */ zoom) {
  desk.zoom = Math.max(0.4, Math.min(5, zoom));
  $("zoom-now").textContent = `${Math.round(desk.zoom * 100)} %`;
  showPage(desk.page, placeShown()?.page === desk.page ? placeShown() : undefined);
}

// --- search

async function search(/** @type {string} */ text, step = 1) {
  const input = /** @type {HTMLInputElement} */ ($("search"));
  if (!text.trim()) { desk.hits = []; desk.hit = -1; drawMarks(); $("found").textContent = ""; return; }
  if (input.dataset.asked !== `${desk.doc.document}:${text}`) {
    const answer = await patiently("GET", `/pages/${desk.doc.document}/search.json?q=${encodeURIComponent(text)}`);
    desk.hits = answer.ok ? (await answer.json()).hits : [];
    desk.hit = -1;
    input.dataset.asked = `${desk.doc.document}:${text}`;
  }
  if (!desk.hits.length) { $("found").textContent = "not found"; drawMarks(); return; }
  desk.hit = (desk.hit + step + desk.hits.length) % desk.hits.length;
  $("found").textContent = `${desk.hit + 1} of ${desk.hits.length}`;
  const hit = desk.hits[desk.hit];
  showPage(hit.page, {...hit, quote: text});
}

// ---------------------------------------------------------------------------------------------- keys

const turnPage = (/** @type {number} */ step) => {
  const numbers = desk.doc.pages.map((/** @type {any} */ page) => page.number), at = numbers.indexOf(desk.page) + step;
  showPage(numbers[Math.max(0, Math.min(numbers.length - 1, at))]);
};

function onKey(/** @type {KeyboardEvent} */ event) {
  if (!desk.doc || document.querySelector("dialog[open]") || event.isComposing) return;
  const target = /** @type {HTMLElement} */ (event.target), editor = target.classList.contains("editor");
  const foreign = !editor && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const control = event.ctrlKey || event.metaKey;
  desk.by = "keys";
  const does = anywhere(event, control, editor || foreign)
    ?? (editor ? whileEditing(event) : foreign ? null : target.dataset.path !== undefined ? inCell(event, control) : onPage(event, target));
  if (does) { event.preventDefault(); does(); }
}

/** @returns {(() => void)|null} */
function anywhere(/** @type {KeyboardEvent} */ event, /** @type {boolean} */ control, /** @type {boolean} */ typing) {
  const key = event.key;
  if (key === "F1" || (key === "?" && event.shiftKey && !typing && !control)) return help;
  if (key === "F8") return () => whole("postpone", "Cannot decide", "The document is passed on with your note.");
  if (control && key === "Enter") return finish;
  if (control && !event.altKey && !typing && key.toLowerCase() === "z") return () => takeBack(event.shiftKey ? "redo" : "undo");
  if (control && !event.altKey && !typing && key.toLowerCase() === "y") return () => takeBack("redo");
  if (key === "PageDown") return () => turnPage(1);
  if (key === "PageUp") return () => turnPage(-1);
  return null;
}

/** @returns {(() => void)|null} */
function whileEditing(/** @type {KeyboardEvent} */ event) {
  if (event.key === "Escape") return () => { stopEditing(false); focusCell(desk.current); drawDetail(); };
  if (event.key === "Enter" && !event.altKey) {
    return () => {
      const pending = desk.pending.get(desk.current), editor = /** @type {HTMLInputElement|null} */ (cellOf(desk.current)?.querySelector(".editor"));
      const text = editor?.value ?? pending?.text ?? "";
      stopEditing();
      desk.pending.set(desk.current, {text, evidence: pending?.evidence ?? null});
      accept(event.shiftKey ? -1 : 1);
    };
  }
  return null;
}

/** @returns {(() => void)|null} */
function inCell(/** @type {KeyboardEvent} */ event, /** @type {boolean} */ control) {
  const key = event.key, whole = desk.fields.get(desk.current)?.kind === "table", table = isCell(desk.current) || whole;
  if (key === "Enter") return () => accept(event.shiftKey ? -1 : 1);
  if (key === "F2") return () => startEditing(false);
  if (key === "Escape") return () => { desk.pending.delete(desk.current); desk.errors.delete(desk.current); keepDraft(desk.current, null); goTo(desk.current); };
  if (table && key === "Insert") return () => insertRow(desk.current.split("[")[0]);
  if (table && control && key === "Delete") return deleteRow;
  if (key === "Delete" && !control) return absent;
  if (key === "Backspace" && !control) return () => startEditing(true);
  if (key === "ArrowDown" || key === "ArrowUp") {
    const step = key === "ArrowDown" ? 1 : -1;
    if (control) return () => moveBox(step, "line");
    if (table && !event.altKey) return () => moveInTable(step, 0);
    return () => walk(step);
  }
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const step = key === "ArrowRight" ? 1 : -1;
    if (event.altKey) return table ? () => moveBox(step, event.shiftKey ? "grow" : "move") : null; // Alt+Left is the browser's, but in tables plain arrows walk cells
    if (table && !event.shiftKey) return () => moveInTable(0, step);
    return () => moveBox(step, event.shiftKey ? "grow" : "move");
  }
  if (key === "Home") return () => showPage(desk.doc.pages[0]?.number ?? 1);
  if (key === "End") return () => showPage(desk.doc.pages.at(-1)?.number ?? 1);
  if (key.length === 1 && !control && !event.altKey) { startEditing(true); return null; } // the letter itself then goes into the new input
  return null;
}

/** @returns {(() => void)|null} */
function onPage(/** @type {KeyboardEvent} */ event, /** @type {HTMLElement} */ target) {
  if (target.id !== "stage") return null;
  if (event.key === "Home") return () => showPage(desk.doc.pages[0]?.number ?? 1);
  if (event.key === "End") return () => showPage(desk.doc.pages.at(-1)?.number ?? 1);
  if (event.key === "+") return () => zoomTo(desk.zoom * 1.25);
  if (event.key === "-") return () => zoomTo(desk.zoom / 1.25);
  return null;
}

// ---------------------------------------------------------------------------------------------- start

function listen() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("paste", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (/^(INPUT|TEXTAREA)$/.test(target.tagName) && !target.classList.contains("editor")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "", name = desk.current.split("[")[0];
    if (desk.doc.tables.some((/** @type {any} */ t) => t.path === name) && /[\t\n]/.test(text.trim())) { event.preventDefault(); stopEditing(); pasteRows(text); }
    else if (!desk.editing && target.dataset?.path) { event.preventDefault(); fill(desk.current, {text: text.trim(), evidence: null}); }
  });
  const grid = $("fields");
  grid.addEventListener("click", (event) => {
    const cell = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-path]"));
    if (cell && !(/** @type {HTMLElement} */ (event.target)).closest(".editor")) { desk.by = "mouse"; goTo(cell.dataset.path ?? ""); }
  });
  grid.addEventListener("dblclick", (event) => { if (/** @type {HTMLElement} */ (event.target).closest("[data-path]")) startEditing(false); });
  grid.addEventListener("focusin", (event) => {
    const path = /** @type {HTMLElement} */ (event.target).dataset?.path;
    if (path && path !== desk.current) goTo(path, false);
  });
  /** @type {Record<string, () => void>} */ const buttons = {
    accept: () => accept(), absent, undo: () => takeBack("undo"), redo: () => takeBack("redo"), finish, "accept-rest": acceptRest,
    edit: () => startEditing(false),
    postpone: () => whole("postpone", "Cannot decide", "The document is passed on with your note."),
    reject: () => whole("reject", "Reject the document", "It is put aside with your reason. This can be taken back."),
    "open-split": split, "open-alike": applyAlike, reclassify, approve: () => decideApproval(true), "send-back": () => decideApproval(false), "take-over": takeOver, "show-help": help,
    "zoom-in": () => zoomTo(desk.zoom * 1.25), "zoom-out": () => zoomTo(desk.zoom / 1.25), "zoom-fit": () => zoomTo(1),
    turn: () => { desk.turn = (desk.turn + 90) % 360; showPage(desk.page); },
    previous: () => turnPage(-1), next: () => turnPage(1),
    "show-text": () => { const pane = $("text"); pane.hidden = !pane.hidden; $("stage").hidden = !pane.hidden; $("show-text").setAttribute("aria-pressed", String(!pane.hidden)); drawText(); if (pane.hidden) showPage(desk.page, placeShown()); },
  };
  for (const [id, does] of Object.entries(buttons)) $(id).addEventListener("click", (event) => { if (event.detail) desk.by = "mouse"; does(); });
  const menu = /** @type {HTMLDetailsElement} */ (root.querySelector("details.menu"));
  menu.addEventListener("click", (event) => { if (/** @type {HTMLElement} */ (event.target).closest("button")) menu.open = false; });
  $("page-number").addEventListener("change", (event) => showPage(Number(/** @type {HTMLInputElement} */ (event.target).value)));
  $("search").addEventListener("keydown", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); search(input.value, event.shiftKey ? -1 : 1); }
    if (event.key === "Escape") { input.value = ""; search(""); focusCell(desk.current); }
  });
  $("text").addEventListener("mouseup", (event) => pickFromText(event.altKey || event.ctrlKey));
  listenToThePage();
  addEventListener("popstate", () => { const sha = location.pathname.split("/")[2]; if (sha && sha !== desk.doc?.document) open(sha); });
  addEventListener("pagehide", () => {
    clearTimeout(draftTimer);
    if (desk.following) release(desk.following.document);
    if (Object.keys(desk.drafts).length) fetch(api("/draft"), {method: "PUT", keepalive: true, credentials: "same-origin", body: JSON.stringify({texts: desk.drafts}), headers: {"X-Docassay-Token": token(), "Content-Type": "application/json"}}).catch(() => {});
    else if (desk.doc && !queue.acts.length) release(desk.doc.document);
  });
  addEventListener("online", () => queue.run());
  let active = true;
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, () => { active = true; }, {passive: true});
  setInterval(() => { if (active && desk.doc && !desk.locked) { active = false; send("POST", api("/renew"), {}).catch(() => {}); } }, RENEW);
}

listen();
$("ask").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); /** @type {HTMLElement} */ ($("ask-yes")).click(); } });
open(root.dataset.document ?? "");
