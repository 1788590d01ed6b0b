"use strict";

/** Selecting photos by click, keys and drag, and where the focus goes when photos go elsewhere. */
(() => {
  const { byId, counted } = review;
  const { figures, matching, open, shownFigures } = photosort;
  const chosen = new Set();
  let latest = null;

  function mark(number, on) {
    if (on) chosen.add(number);
    else chosen.delete(number);
    figures[number].setAttribute("aria-checked", String(on));
  }

  function showChosen() {
    const hidden = [...chosen].filter((number) => !matching[number]).length;
    byId("chosen").hidden = !chosen.size || !review.editing();
    byId("count").textContent = `${counted(chosen.size, "photo")} selected${hidden ? `, ${hidden} of them not shown now` : ""}`;
    document.body.classList.toggle("selecting", !byId("chosen").hidden);
  }

  function unselect() {
    for (const number of [...chosen]) mark(number, false);
    showChosen();
  }

  function choose(figure, range) {
    const number = Number(figure.dataset.photo);
    const shown = range ? shownFigures() : [];
    const from = shown.indexOf(latest);
    if (from >= 0) {
      const at = shown.indexOf(figure);
      for (const other of shown.slice(Math.min(from, at), Math.max(from, at) + 1)) mark(Number(other.dataset.photo), true);
    } else {
      mark(number, !chosen.has(number));
    }
    latest = figure;
    showChosen();
  }

  /** Return what brings the focus back after a change, to the photo that took the place of the one that had it. */
  function keepFocus() {
    const at = document.activeElement;
    const order = at.matches(".photo") ? shownFigures().indexOf(at) : -1;
    const section = at.closest(".folder");
    return () => {
      if (document.activeElement === at && at.isConnected && order < 0) return;
      const shown = shownFigures();
      const near = order >= 0 ? shown[Math.min(order, shown.length - 1)] : null;
      const same = section?.isConnected && at.dataset.do ? at : null;
      const target = near || same || (at.isConnected ? at : document.querySelector("main [data-do]"));
      target?.focus({ preventScroll: order >= 0 && at.isConnected && target === at });
    };
  }

  document.addEventListener(
    "click",
    (event) => {
      const figure = event.target.closest(".photo");
      if (!figure) return;
      event.preventDefault();
      figure.focus({ preventScroll: true });
      choose(figure, event.shiftKey);
    },
    true,
  );
  document.addEventListener("dblclick", (event) => {
    const figure = event.target.closest(".photo");
    if (figure) open(Number(figure.dataset.photo));
  });
  byId("look").addEventListener("click", () => open(latest && chosen.has(Number(latest.dataset.photo)) ? Number(latest.dataset.photo) : [...chosen][0]));
  byId("unselect").addEventListener("click", unselect);
  document.addEventListener("photosort:filter", () => chosen.size && showChosen());

  /* Dragging, to a folder or to its name in the list */

  const target = (event) => event.target.closest?.(".folder, .side a");

  document.addEventListener("dragstart", (event) => {
    const figure = event.target.closest?.(".photo");
    if (!figure) return;
    const number = Number(figure.dataset.photo);
    if (!chosen.has(number)) {
      unselect();
      mark(number, true);
      showChosen();
    }
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", figure.querySelector("figcaption").textContent);
  });
  document.addEventListener("dragover", (event) => {
    const over = chosen.size && review.editing() ? target(event) : null;
    for (const other of document.querySelectorAll(".over")) if (other !== over) other.classList.remove("over");
    if (!over) return;
    event.preventDefault();
    over.classList.add("over");
  });
  for (const name of ["drop", "dragend"]) {
    document.addEventListener(name, (event) => {
      for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
      const over = name === "drop" && chosen.size && review.editing() ? target(event) : null;
      if (!over) return;
      event.preventDefault();
      review.moveTo(Number(over.dataset.folder));
    });
  }

  Object.assign(review, { chosen, choose, unselect, showChosen, keepFocus });
})();
