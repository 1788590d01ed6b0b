"use strict";

/** What the other scripts of the page use: the run, its photos on the page, what is shown, and the view of one photo. */
const photosort = (() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const folders = new Map(run.folders.map((folder) => [folder.number, folder]));
  const figures = [];
  for (const figure of document.querySelectorAll(".photo")) figures[figure.dataset.photo] = figure;
  const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
  const haystacks = run.photos.map((photo) => {
    return plain([photo.path, photo.caption, ...(photo.facts || [])].filter(Boolean).join("\n"));
  });
  const plainNames = new Map();
  const filters = new Map();
  const matching = run.photos.map(() => true);
  const number = new Intl.NumberFormat("en");

  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const clear = document.getElementById("clear");
  const none = document.querySelector(".none");
  const links = new Map();

  /** Show the photos that pass a test (index) => boolean; a test of null lets all pass. Tests of other names stay. */
  function filter(name, test) {
    if (test) filters.set(name, test);
    else filters.delete(name);
    filterAgain();
  }

  function filterAgain() {
    const tests = [...filters.values()];
    document.body.classList.toggle("filtering", tests.length > 0);
    const counts = new Map([...folders.keys()].map((folder) => [folder, 0]));
    let total = 0;
    run.photos.forEach((photo, index) => {
      const shown = tests.every((passes) => passes(index));
      if (shown !== matching[index]) figures[index].hidden = !(matching[index] = shown);
      if (shown) {
        counts.set(photo.folder, counts.get(photo.folder) + 1);
        total += 1;
      }
    });
    for (const section of document.querySelectorAll(".folder")) {
      const count = counts.get(Number(section.dataset.folder));
      section.hidden = tests.length > 0 && !count;
      const edge = section.querySelector(".edge");
      if (edge) edge.hidden = tests.length > 0;
    }
    for (const [folder, link] of links) {
      link.querySelector("b").textContent = number.format(counts.get(folder));
      link.parentElement.classList.toggle("empty", !counts.get(folder));
    }
    found.textContent = tests.length ? `${number.format(total)} of ${number.format(run.photos.length)}` : "";
    none.hidden = total > 0;
    clear.hidden = !tests.length;
    document.dispatchEvent(new CustomEvent("photosort:filter"));
  }

  const has = (index, word) => haystacks[index].includes(word) || plainNames.get(run.photos[index].folder).includes(word);

  function searched() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    filter("search", words.length ? (index) => words.every((word) => has(index, word)) : null);
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(searched);
  });
  clear.addEventListener("click", () => {
    search.value = "";
    filters.clear();
    filter("search", null);
    search.focus();
  });

  /* Going from photo to photo: Tab goes from folder to folder, arrows within and across them. */

  const tabbable = new Map();
  const shownFigures = () => [...document.querySelectorAll(".photo")].filter((figure) => !figure.closest("[hidden]"));

  function makeTabbable(figure) {
    const section = figure.closest(".folder");
    const before = tabbable.get(section);
    if (before && before !== figure) before.tabIndex = -1;
    figure.tabIndex = 0;
    tabbable.set(section, figure);
  }

  function tabbables() {
    for (const section of document.querySelectorAll(".folder")) {
      const mine = [...section.querySelectorAll(".photo:not([hidden])")];
      for (const figure of mine) if (figure.tabIndex !== -1) figure.tabIndex = -1;
      if (mine.length) makeTabbable(mine.includes(tabbable.get(section)) ? tabbable.get(section) : mine[0]);
    }
  }

  function columns(figure) {
    const sheet = figure.closest(".sheet");
    return Number(getComputedStyle(sheet).getPropertyValue("--columns")) || 1;
  }

  function step(figure, key) {
    const shown = shownFigures();
    const at = shown.indexOf(figure);
    if (key === "ArrowLeft") return shown[at - 1];
    if (key === "ArrowRight") return shown[at + 1];
    const box = figure.getBoundingClientRect();
    const middle = box.left + Math.min(box.width, box.height) / 2;
    const way = key === "ArrowDown" ? 1 : -1;
    let best = null;
    let least = Infinity;
    for (let place = at + way; shown[place] && Math.abs(place - at) <= 4 * columns(figure) + 4; place += way) {
      const other = shown[place].getBoundingClientRect();
      const down = way > 0 ? other.top - box.bottom : box.top - other.bottom;
      if (down < -1) continue;
      const away = down * 3 + Math.max(0, other.left - middle, middle - other.right);
      if (away < least) [best, least] = [shown[place], away];
    }
    return best || (way > 0 ? shown[at + 1] : shown[at - 1]);
  }

  document.addEventListener("focusin", (event) => {
    const figure = event.target.closest(".photo");
    if (figure) makeTabbable(figure);
  });
  document.addEventListener("click", (event) => {
    const figure = event.target.closest(".photo");
    if (figure && !event.defaultPrevented) open(Number(figure.dataset.photo));
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !dialog.open) {
      event.preventDefault();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      clear.click();
    } else if (event.target.matches(".photo") && event.key === "Enter") {
      event.preventDefault();
      open(Number(event.target.dataset.photo));
    } else if (event.target.matches(".photo") && event.key.startsWith("Arrow")) {
      const next = step(event.target, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  });

  /* One photo */

  const dialog = document.getElementById("photo");
  const part = (name) => dialog.querySelector(name);
  const picture = part(".picture img");
  let current = -1;

  const thumbnail = (index) => run.photos[index].thumbnail || figures[index].querySelector("img")?.src || "";

  function row(list, folder, similarity) {
    const entry = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    const link = document.createElement("a");
    link.href = `#folder-${folder.number}`;
    link.textContent = folder.name;
    link.addEventListener("click", () => dialog.close("away"));
    term.append(link);
    value.textContent = similarity.toFixed(2);
    entry.dataset.folder = folder.number;
    term.style.setProperty("--share", `${Math.round(100 * Math.max(0, Math.min(1, similarity)))}%`);
    entry.append(term, value);
    list.append(entry);
  }

  function draw(index) {
    current = index;
    const photo = run.photos[index];
    const shown = folders.get(photo.folder).photos.filter((other) => matching[other]);
    part("h2").textContent = photo.name;
    part(".caption").textContent = photo.caption || "";
    part(".facts").replaceChildren(
      ...(photo.facts || []).map((fact) => Object.assign(document.createElement("li"), { textContent: fact })),
    );
    part(".facts").hidden = !photo.facts;
    part(".reason").textContent = photo.reason || "";
    part(".path").textContent = photo.path;
    const likeness = part(".likeness");
    likeness.replaceChildren();
    if (photo.similarity !== undefined) row(likeness, folders.get(photo.folder), photo.similarity);
    if (folders.has(photo.next)) row(likeness, folders.get(photo.next), photo.nextSimilarity);
    part(".place").textContent = `${shown.indexOf(index) + 1} of ${shown.length}`;
    part(".before").disabled = neighbour(-1) === undefined;
    part(".after").disabled = neighbour(1) === undefined;
    picture.alt = photo.caption || photo.name;
    picture.hidden = !thumbnail(index);
    picture.src = thumbnail(index);
    if (photo.original && thumbnail(index)) {
      const whole = new Image();
      whole.onload = () => {
        if (current === index) picture.src = whole.src;
      };
      whole.src = photo.original;
    }
    document.dispatchEvent(new CustomEvent("photosort:photo", { detail: index }));
  }

  function neighbour(way) {
    for (let index = current + way; index >= 0 && index < run.photos.length; index += way) {
      if (matching[index]) return index;
    }
    return undefined;
  }

  /** Show one photo, large. */
  function open(index) {
    draw(index);
    if (!dialog.open) {
      dialog.returnValue = "";
      dialog.showModal();
    }
  }

  function turn(way) {
    const next = neighbour(way);
    if (next !== undefined) draw(next);
  }

  part(".before").addEventListener("click", () => turn(-1));
  part(".after").addEventListener("click", () => turn(1));
  part(".close").addEventListener("click", () => dialog.close());
  part(".picture").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      turn(way);
    }
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "away") return;
    const figure = figures[current];
    if (figure) {
      figure.focus({ preventScroll: true });
      figure.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  });

  /* The list of folders, and how tall the sheets are that were not drawn yet */

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        document.querySelector(".side [aria-current]")?.removeAttribute("aria-current");
        const link = links.get(Number(entry.target.dataset.folder));
        if (!link) continue;
        link.setAttribute("aria-current", "true");
        const list = link.closest(".side ol");
        if (list.scrollWidth > list.clientWidth) list.scrollLeft = link.offsetLeft - list.offsetLeft - 8;
      }
    },
    { rootMargin: "-25% 0px -70%" },
  );

  function list() {
    links.clear();
    for (const link of document.querySelectorAll(".side a")) links.set(Number(link.dataset.folder), link);
    for (const [folder, { name }] of folders) plainNames.set(folder, plain(name));
    for (const section of document.querySelectorAll(".folder")) seen.observe(section);
  }

  function measure() {
    const sheets = [...document.querySelectorAll(".sheet")].map((sheet) => {
      const style = getComputedStyle(sheet);
      const count = Number(style.getPropertyValue("--columns"));
      const gap = Number.parseFloat(style.rowGap) || 0;
      return { sheet, count, gap, cell: (sheet.clientWidth + gap) / count };
    });
    for (const { sheet, count, gap, cell } of sheets) {
      for (const chunk of sheet.children) {
        const cells = chunk.childElementCount + 3 * chunk.querySelectorAll(".exemplar").length;
        chunk.style.containIntrinsicBlockSize = `auto ${Math.ceil(cells / count) * cell - gap}px`;
      }
    }
  }

  /** Follow folders, their sections and their links that a script has changed. */
  function refold(changed) {
    folders.clear();
    for (const folder of changed) {
      folders.set(folder.number, folder);
      for (const index of folder.photos) run.photos[index].folder = folder.number;
    }
    list();
    measure();
    document.dispatchEvent(new CustomEvent("photosort:folders"));
    filterAgain();
  }

  list();
  new ResizeObserver(measure).observe(document.querySelector("main"));
  const bar = document.querySelector(".bar");
  new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
  document.addEventListener("photosort:filter", tabbables);
  tabbables();
  if (search.value) searched();

  return { run, folders, figures, matching, filter, refold, shownFigures, open, thumbnail, number };
})();
