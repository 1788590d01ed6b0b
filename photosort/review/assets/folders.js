"use strict";

/** The folders of the plan: their sections on the page follow what the server says. */
(() => {
  const { byId, make, large, small } = review;
  const { run, folders, figures, refold, number: written } = photosort;
  const ASIDE = -1;
  const sections = new Map();
  for (const section of document.querySelectorAll(".folder")) sections.set(Number(section.dataset.folder), section);
  const aside = sections.get(ASIDE);
  aside.id = "set-aside";
  let last = Math.max(ASIDE, ...folders.keys());
  const coloured = new Set();

  run.photos.forEach((photo, index) => Object.assign(photo, { original: large(index), thumbnail: small(index) }));

  const counted = (count, noun) => `${written.format(count)} ${noun}${count === 1 ? "" : "s"}`;
  const alike = (one, other) => one.length === other.length && one.every((number, place) => number === other[place]);

  /** Return a number for each folder of the server: its own from before, also under another name, or a new one. */
  function numbered(named) {
    const free = new Map();
    for (const folder of folders.values()) if (folder.number !== ASIDE) free.set(folder.name, folder);
    const numbers = named.map(({ name }) => {
      const same = free.get(name);
      free.delete(name);
      return same?.number;
    });
    const rest = [...free.values()];
    return named.map((folder, place) => {
      if (numbers[place] !== undefined) return numbers[place];
      const at = rest.findIndex((other) => alike(other.photos, folder.photos));
      return at >= 0 ? rest.splice(at, 1)[0].number : (last += 1);
    });
  }

  function colour(number) {
    if (coloured.has(number)) return;
    coloured.add(number);
    const angle = ((25 + 137.508 * number) % 360).toFixed(1);
    const sheet = document.styleSheets[document.styleSheets.length - 1];
    sheet.insertRule(`[data-folder="${number}"] { --colour: oklch(var(--lightness) var(--chroma) ${angle}); }`);
  }

  function added(number) {
    const section = document.importNode(byId("new-folder").content, true).querySelector(".folder");
    section.dataset.folder = number;
    section.id = `folder-${number}`;
    section.querySelector("h2").id = `name-${number}`;
    section.setAttribute("aria-labelledby", `name-${number}`);
    sections.set(number, section);
    return section;
  }

  /* Thumbnails: a photo gets its picture when its part of the sheet comes near, or itself where a filter dissolves the
     parts. Thousands of pictures in a page are slow to begin with, also while none of them is loaded. */

  const bare = (figure) => !figure.querySelector("img, .missing");

  function give(figure) {
    if (!bare(figure)) return;
    const { thumbnail, caption, name } = run.photos[figure.dataset.photo];
    const picture = { loading: "lazy", decoding: "async", draggable: false, alt: caption || name, src: thumbnail };
    figure.prepend(make("img", picture));
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        (target.matches(".photo") ? [target] : target.querySelectorAll(".photo")).forEach(give);
      }
    },
    { rootMargin: "800px 0px" },
  );

  function bring() {
    near.disconnect();
    const filtering = document.body.classList.contains("filtering");
    const places = document.querySelectorAll(filtering ? ".photo:not([hidden])" : ".chunk");
    for (const place of places) if (!filtering || bare(place)) near.observe(place);
  }

  document.addEventListener("photosort:filter", bring);

  /** Lay photos out in parts of whole rows, the first photo large. */
  function lay(section, photos) {
    const sheet = section.querySelector(".sheet");
    const [size, large] = [Number(sheet.dataset.chunk), Number(sheet.dataset.exemplar)];
    const chunks = [];
    let start = 0;
    do {
      const end = start + size - (start ? 0 : large - 1);
      const part = photos.slice(start, end).map((index) => figures[index]);
      chunks.push(make("div", { className: "chunk" }, ...part));
      start = end;
    } while (start < photos.length);
    sheet.replaceChildren(...chunks);
    photos.forEach((index, place) => {
      figures[index].classList.toggle("exemplar", !place);
      figures[index].classList.remove("outlier");
    });
    section.querySelector(".edge")?.remove();
  }

  /** Show what lies in a folder of the disk already. */
  function showLying(section, { there, lying }) {
    section.querySelector(".lying")?.remove();
    if (!there) return;
    const text = `${counted(there, "photo")} ${there === 1 ? "lies" : "lie"} in this folder already`;
    const pictures = lying.map((number) => make("img", { src: small(number), alt: "", loading: "lazy", decoding: "async" }));
    for (const picture of pictures) picture.addEventListener("error", () => picture.remove());
    section.querySelector("header").append(make("p", { className: "lying" }, make("span", { textContent: text }), ...pictures));
  }

  function dress(section, folder, state) {
    const heading = section.querySelector("h2");
    if (heading.textContent !== folder.name) heading.textContent = folder.name;
    const staying = folder.number === ASIDE ? (folder.photos.length === 1 ? " that stays where it is" : " that stay where they are") : "";
    section.querySelector(".count").textContent = counted(folder.photos.length, folder.there ? "new photo" : "photo") + staying;
    if (folder.number === ASIDE) return;
    showLying(section, folder);
    const labels = {
      rename: `Rename ${folder.name}`,
      merge: `Merge ${folder.name} with another folder`,
      split: `Split ${folder.name} in two`,
      pin: `Pin the name ${folder.name}`,
    };
    const refused = {
      rename: folder.pinned,
      merge: state.folders.length < 2,
      split: folder.photos.length < 2,
      pin: false,
    };
    for (const button of section.querySelectorAll("[data-do]")) {
      const does = button.dataset.do;
      button.setAttribute("aria-label", labels[does]);
      button.disabled = refused[does] || state.phase !== "editing";
    }
    const pin = section.querySelector('[data-do="pin"]');
    pin.textContent = folder.pinned ? "Pinned" : "Pin";
    pin.setAttribute("aria-pressed", String(folder.pinned));
  }

  function listed(folder) {
    const link = make("a", { href: `#${sections.get(folder.number).id}` }, make("span", { textContent: folder.name }), " ", make("b"));
    link.dataset.folder = folder.number;
    return make("li", {}, link);
  }

  /** Show the folders of a state. */
  function showFolders(state) {
    const numbers = numbered(state.folders);
    const now = state.folders.map((folder, place) => ({ ...folder, number: numbers[place] }));
    now.push({ number: ASIDE, name: "Set aside", photos: state.aside, keywords: [], pinned: false, there: 0, lying: [] });
    for (const [number, section] of sections) {
      if (now.some((folder) => folder.number === number)) continue;
      section.remove();
      sections.delete(number);
    }
    let before = null;
    for (const folder of now) {
      const section = sections.get(folder.number) || added(folder.number);
      const known = folders.get(folder.number)?.photos || [];
      if (folder.number !== ASIDE) colour(folder.number);
      if (!alike(known, folder.photos)) {
        lay(section, folder.photos);
        for (const index of folder.photos) if (run.photos[index].folder !== folder.number) delete run.photos[index].similarity;
      }
      dress(section, folder, state);
      const place = before ? before.nextElementSibling : byId("folders").firstElementChild;
      if (place !== section) byId("folders").insertBefore(section, place);
      before = section;
    }
    document.querySelector(".side ol").replaceChildren(...now.map(listed));
    const filled = now.filter((folder) => folder.number !== ASIDE && folder.photos.length);
    const photos = filled.reduce((sum, folder) => sum + folder.photos.length, 0);
    document.querySelector(".lead").firstChild.textContent = `${counted(photos, "photo")} in ${counted(filled.length, "folder")}${document.querySelector(".lead a") ? "; " : ""}`;
    refold(now);
  }

  document.addEventListener(
    "error",
    (event) => {
      const figure = event.target.closest?.(".photo");
      if (!figure || event.target.tagName !== "IMG") return;
      const { name } = run.photos[figure.dataset.photo];
      delete run.photos[figure.dataset.photo].thumbnail;
      event.target.replaceWith(make("span", { className: "missing" }, name, make("br"), "not found, changed, or not readable"));
    },
    true,
  );

  Object.assign(review, { ASIDE, counted, showFolders });
})();
