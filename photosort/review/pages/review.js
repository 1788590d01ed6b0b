"use strict";

// The server holds the plan. This page shows it, and asks for one change after the other.

const byId = (id) => document.getElementById(id);
const meta = (name) => document.querySelector(`meta[name="photosort-${name}"]`).content;

function remembered(name) {
  const given = meta(name);
  if (given) sessionStorage.setItem(name, given);
  return given || sessionStorage.getItem(name) || "";
}

const secret = remembered("secret");
const key = remembered("key");
history.replaceState(null, "", "/");

let state = null;
let photos = [];
let waiting = null;
const figures = new Map();
const chosen = new Set();

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

// ---- talking to the server

async function call(path, body) {
  const headers = { "X-Photosort": secret };
  const request = { headers, cache: "no-store" };
  if (body) Object.assign(request, { method: "POST", body: JSON.stringify(body) }), (headers["Content-Type"] = "application/json");
  let answer;
  try {
    answer = await fetch(path, request);
  } catch {
    throw { problem: "photosort review has ended", hint: "Start it again: it goes on with your changes." };
  }
  const content = await answer.json();
  if (!answer.ok) throw content;
  return content;
}

async function change(asked, said) {
  try {
    const before = focusPlace();
    state = await call("/change", asked);
    chosen.clear();
    show(before);
    say(said);
  } catch (error) {
    fail(error);
  }
}

async function ask(what) {
  try {
    state = await call("/ask", { do: what });
    show();
    if (what === "done") say("The review has ended. You can close this page.");
  } catch (error) {
    fail(error);
  }
}

function follow() {
  clearTimeout(waiting);
  if (state.phase !== "filing") return;
  waiting = setTimeout(async () => {
    try {
      state = await call("/state");
      show();
    } catch (error) {
      fail(error);
    }
  }, 400);
}

// ---- what is said

function say(text) {
  byId("failure").replaceChildren();
  byId("status").textContent = text || "";
}

function fail(error) {
  byId("status").textContent = "";
  const line = make("p", { textContent: `${error.problem || error}. ${error.hint || ""}`.replace(/\.\./g, ".") });
  const list = make("ul", {}, ...(error.details || []).slice(0, 50).map((text) => make("li", { textContent: text })));
  byId("failure").replaceChildren(line, ...((error.details || []).length ? [list] : []));
  byId("failure").scrollIntoView({ block: "nearest" });
}

function sayPhase() {
  if (state.failure) return fail(state.failure);
  if (state.phase === "filing") {
    const progress = state.progress;
    const far = progress && progress.total ? `: ${progress.stage} ${progress.done} of ${progress.total}` : "";
    return say(`Photos are being filed${far}`);
  }
  if (state.phase === "filed") {
    const filed = state.filed;
    const done = { copy: "copied", move: "moved", hardlink: "hard-linked", symlink: "linked" }[filed.mode];
    const there = filed.there ? `, ${counted(filed.there, "file")} already there` : "";
    say(`${counted(filed.photos, "photo")} ${done} to ${filed.destination}${there}.`);
    const lines = filed.failed.map((one) => `${one.path}: ${one.reason}`);
    if (filed.stopped) lines.push(`Stopped: ${filed.stopped}. Go on with: photosort resume ${filed.run}`);
    lines.push(`Take it back: photosort undo ${filed.run}`);
    for (const line of lines) byId("status").append(make("br"), line);
  }
}

// ---- drawing

function figure(number) {
  if (figures.has(number)) return figures.get(number);
  const photo = photos[number];
  const image = make("img", { src: `/picture/${number}?key=${encodeURIComponent(key)}`, alt: "", loading: "lazy", draggable: false });
  const element = make("figure", { className: "photo", draggable: true, title: photo.caption });
  element.append(image, make("div", { className: "name", textContent: photo.name }));
  element.dataset.photo = number;
  element.setAttribute("role", "checkbox");
  element.setAttribute("aria-label", photo.caption ? `${photo.name}, ${photo.caption}` : photo.name);
  figures.set(number, element);
  return element;
}

function button(text, label, work) {
  const element = make("button", { type: "button", textContent: text });
  element.setAttribute("aria-label", label);
  element.disabled = state.phase !== "editing";
  element.addEventListener("click", work);
  return element;
}

function section(folder, place) {
  const element = make("section", { className: "folder" });
  element.dataset.folder = place;
  const title = make("h2", { textContent: folder.name, id: `folder-${place}` });
  element.setAttribute("aria-labelledby", title.id);
  const about = make("div", {}, title, make("p", { className: "count", textContent: counted(folder.photos.length, "photo") }));
  if (folder.summary && folder.summary !== folder.name) about.append(make("p", { textContent: folder.summary }));
  if (folder.keywords.length) about.append(make("p", { className: "words", textContent: folder.keywords.join(", ") }));
  const pin = button(folder.pinned ? "Pinned" : "Pin", `Pin the name ${folder.name}`, () =>
    change({ do: "pin", folder: folder.name, pinned: !folder.pinned }, folder.pinned ? "The name can change again." : "The name is settled."),
  );
  pin.setAttribute("aria-pressed", String(folder.pinned));
  const rename = button("Rename", `Rename ${folder.name}`, () => askName(folder));
  const merge = button("Merge…", `Merge ${folder.name} with another folder`, () => askMerge(folder));
  const split = button("Split", `Split ${folder.name} in two`, () =>
    change({ do: "split", folder: folder.name }, `${folder.name} is split in two.`),
  );
  rename.disabled ||= folder.pinned;
  merge.disabled ||= state.folders.length < 2;
  split.disabled ||= folder.photos.length < 2;
  const bar = make("div", { className: "bar" }, rename, merge, split, pin);
  element.append(make("div", { className: "head" }, about, bar), grid(folder.photos));
  receive(element, () => moveChosen(folder.name));
  return element;
}

function aside() {
  const element = make("section", { className: "folder aside", id: "set-aside" });
  const title = make("h2", { textContent: "Set aside", id: "aside-title" });
  element.setAttribute("aria-labelledby", title.id);
  element.append(title, make("p", { className: "count", textContent: `${counted(state.aside.length, "photo")} that stay where they are` }));
  element.append(grid(state.aside));
  receive(element, setAside);
  return element;
}

function grid(numbers) {
  const element = make("div", { className: "photos" }, ...numbers.map(figure));
  numbers.forEach((number, place) => (figure(number).tabIndex = place ? -1 : 0));
  return element;
}

function show(place) {
  byId("where").textContent =
    `Run ${state.run}: ${state.source} → ${state.destination} (${state.mode}), ` +
    `${counted(state.folders.filter((folder) => folder.photos.length).length, "folder")}`;
  byId("folders").replaceChildren(...state.folders.map(section), aside());
  const editing = state.phase === "editing";
  byId("undo").disabled = !editing || !state.changes;
  byId("file").disabled = !editing;
  byId("done").disabled = state.phase === "filing" || state.phase === "ended";
  showChosen();
  sayPhase();
  if (place) focusAt(place);
  follow();
}

function showChosen() {
  for (const [number, element] of figures) element.setAttribute("aria-checked", String(chosen.has(number)));
  byId("chosen").hidden = !chosen.size || state.phase !== "editing";
  byId("count").textContent = `${counted(chosen.size, "photo")} selected`;
}

// ---- focus and selection

const shownFigures = () => [...document.querySelectorAll(".photo")];

function focusPlace() {
  const at = document.activeElement;
  const inside = at && at.closest && at.closest(".folder");
  if (!inside) return at && at.id ? { id: at.id } : null;
  const label = at.classList.contains("photo") ? "" : at.textContent.replace("Pinned", "Pin");
  const list = shownFigures();
  return { photo: at.dataset.photo, order: list.indexOf(at), folder: inside.dataset.folder, label };
}

function focusAt(place) {
  const list = shownFigures();
  const folder = document.querySelector(`.folder[data-folder="${place.folder}"]`);
  const same = place.label && folder && [...folder.querySelectorAll("button")].find((one) => one.textContent.replace("Pinned", "Pin") === place.label);
  const target = place.id ? byId(place.id) : same || list[Math.min(Math.max(place.order, 0), list.length - 1)];
  if (target && !target.disabled) focus(target);
}

function focus(element) {
  if (element.classList.contains("photo")) {
    for (const other of element.parentElement.children) other.tabIndex = -1;
    element.tabIndex = 0;
  }
  element.focus();
}

function choose(element, range) {
  const list = shownFigures();
  const last = list.findIndex((other) => other.dataset.last);
  const at = list.indexOf(element);
  const number = Number(element.dataset.photo);
  if (range && last >= 0) {
    for (const other of list.slice(Math.min(last, at), Math.max(last, at) + 1)) chosen.add(Number(other.dataset.photo));
  } else if (!chosen.delete(number)) {
    chosen.add(number);
  }
  for (const other of list) delete other.dataset.last;
  element.dataset.last = "1";
  showChosen();
}

// Where an arrow leads: within the rows of a folder, and from its last row to the first of the next folder.
function step(element, way) {
  const grid = element.parentElement;
  const grids = [...document.querySelectorAll(".photos")].filter((one) => one.children.length);
  const forth = way === "ArrowRight" || way === "ArrowDown";
  const next = grids[grids.indexOf(grid) + (forth ? 1 : -1)];
  if (way === "ArrowLeft" || way === "ArrowRight") {
    const beside = forth ? element.nextElementSibling : element.previousElementSibling;
    return beside || (next && (forth ? next.firstElementChild : next.lastElementChild));
  }
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const at = [...grid.children].indexOf(element);
  const last = grid.children.length - 1;
  const target = at + (forth ? columns : -columns);
  const rowsLeft = Math.floor(last / columns) > Math.floor(at / columns);
  if (forth && rowsLeft) return grid.children[Math.min(target, last)];
  if (target >= 0 && !forth) return grid.children[target];
  if (!next) return null;
  const column = at % columns;
  const size = next.children.length;
  const row = forth ? 0 : Math.floor((size - 1) / columns) * columns;
  return next.children[Math.min(row + column, size - 1)];
}

function receive(element, work) {
  element.addEventListener("dragover", (event) => {
    if (!chosen.size || state.phase !== "editing") return;
    event.preventDefault();
    element.classList.add("over");
  });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    if (chosen.size) work();
  });
}

// ---- what can be done

function moveChosen(folder, isNew) {
  const asked = { do: "move", photos: [...chosen], folder };
  return change(isNew ? { ...asked, new: true } : asked, `${counted(chosen.size, "photo")} moved to ${folder}.`);
}

function setAside() {
  return change({ do: "aside", photos: [...chosen] }, `${counted(chosen.size, "photo")} set aside.`);
}

function dialog(title, yes, body, work) {
  byId("dialog-title").textContent = title;
  byId("dialog-yes").textContent = yes;
  byId("dialog-body").replaceChildren(...body);
  const element = byId("dialog");
  element.returnValue = "";
  element.onclose = () => element.returnValue === "yes" && work();
  byId("dialog-yes").value = "yes";
  element.showModal();
  const first = byId("dialog-body").querySelector("input, select") || byId("dialog-yes");
  first.focus();
  if (first.select) first.select();
}

function field(label, control) {
  return make("label", {}, label, control);
}

function options(folders) {
  return make("select", { id: "which" }, ...folders.map((folder) => make("option", { value: folder.name, textContent: folder.name })));
}

function askName(folder) {
  const name = make("input", { id: "name", value: folder.name, required: true, autocomplete: "off" });
  dialog(`Rename ${folder.name}`, "Rename", [field("New name; / makes a folder in a folder", name)], () =>
    change({ do: "rename", folder: folder.name, to: name.value }, `${folder.name} is now called ${name.value.trim()}.`),
  );
}

function askMerge(folder) {
  const which = options(state.folders.filter((other) => other.name !== folder.name));
  dialog(`Merge ${folder.name}`, "Merge", [field(`Put into ${folder.name} all photos of`, which)], () =>
    change({ do: "merge", folder: folder.name, other: which.value }, `${which.value} is now part of ${folder.name}.`),
  );
}

function askFolder() {
  if (!chosen.size || state.phase !== "editing") return;
  const which = options(state.folders);
  const name = make("input", { id: "name", autocomplete: "off" });
  dialog(`Move ${counted(chosen.size, "photo")}`, "Move", [field("To the folder", which), field("Or to a new folder called", name)], () =>
    name.value.trim() ? moveChosen(name.value.trim(), true) : moveChosen(which.value),
  );
}

function askFile() {
  const count = state.folders.reduce((sum, folder) => sum + folder.photos.length, 0);
  const does = { copy: "Copy", move: "Move", hardlink: "Hard-link", symlink: "Link" }[state.mode];
  const text = make("p", { textContent: `${does} ${counted(count, "photo")} from ${state.source} to ${state.destination}? photosort undo takes it back.` });
  dialog("File it", does, [text], () => ask("file"));
}

function help() {
  const keys = [
    ["Tab", "go to the next folder or button"],
    ["Arrows", "go from photo to photo"],
    ["Space", "select a photo; with Shift, all from the last one"],
    ["M", "move the selected photos"],
    ["A", "set them aside: they stay where they are"],
    ["U", "undo the last change"],
    ["Esc", "clear the selection"],
  ];
  const list = make("dl", {}, ...keys.flatMap(([name, text]) => [make("dt", {}, make("kbd", { textContent: name })), make("dd", { textContent: text })]));
  dialog("Keys", "OK", [list], () => {});
}

const undo = () => change({ do: "undo" }, "The last change is undone.");

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("dialog").open || event.target.matches("input, select")) return;
  const photo = event.target.closest(".photo");
  const keys = {
    m: askFolder,
    a: () => chosen.size && setAside(),
    u: () => byId("undo").disabled || undo(),
    "?": help,
    Escape: () => (chosen.clear(), showChosen()),
  };
  if (photo && (event.key === " " || event.key === "Enter")) choose(photo, event.shiftKey);
  else if (photo && event.key.startsWith("Arrow")) {
    const next = step(photo, event.key);
    if (next) focus(next);
  } else if (keys[event.key] && state) keys[event.key]();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", (event) => {
  const photo = event.target.closest(".photo");
  if (photo) focus(photo), choose(photo, event.shiftKey);
});
document.addEventListener("dragstart", (event) => {
  const photo = event.target.closest(".photo");
  if (!photo) return;
  const number = Number(photo.dataset.photo);
  if (!chosen.has(number)) chosen.clear(), chosen.add(number), showChosen();
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", photos[number].name);
});
byId("dialog-no").addEventListener("click", () => byId("dialog").close(""));
byId("undo").addEventListener("click", undo);
byId("help").addEventListener("click", help);
byId("done").addEventListener("click", () => ask("done"));
byId("file").addEventListener("click", askFile);
byId("move").addEventListener("click", askFolder);
byId("aside").addEventListener("click", setAside);
byId("clear").addEventListener("click", () => (chosen.clear(), showChosen()));

(async () => {
  try {
    photos = (await call("/photos")).photos;
    state = await call("/state");
    show();
  } catch (error) {
    fail(error);
  }
})();
