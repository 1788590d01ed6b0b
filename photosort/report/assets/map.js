"use strict";

/** The map: small photos, or points where there are too many, with the names of the folders. */
(() => {
  const { run, folders, matching, open, thumbnail } = photosort;
  const canvas = document.querySelector("#map canvas");
  if (!canvas) return;
  const box = canvas.parentElement;
  const pen = canvas.getContext("2d");
  const mapped = run.photos.map((photo, index) => ({ index, photo })).filter(({ photo }) => photo.spot);
  const PICTURES = 1200;
  const pictures = new Map();
  const colours = new Map();
  const edge = 28;
  let width = 0;
  let height = 0;
  let pointed = -1;

  const spot = (photo) => [edge + photo.spot[0] * (width - 2 * edge), edge + photo.spot[1] * (height - 2 * edge)];

  function readColours() {
    for (const number of folders.keys()) {
      const place = document.querySelector(`.folder[data-folder="${number}"]`);
      colours.set(number, getComputedStyle(place).getPropertyValue("--colour") || "gray");
    }
  }

  let waiting = 0;
  const redraw = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  };

  const side = () => Math.max(12, Math.min(44, 0.5 * Math.sqrt((width * height) / mapped.length)));

  function draw() {
    pen.clearRect(0, 0, width, height);
    const small = side();
    for (const { index, photo } of mapped) {
      const [x, y] = spot(photo);
      const picture = pictures.get(index);
      pen.globalAlpha = matching[index] ? 1 : 0.08;
      pen.fillStyle = colours.get(photo.folder);
      if (picture?.complete && picture.naturalWidth) {
        const scale = small / Math.max(picture.naturalWidth, picture.naturalHeight);
        const [wide, high] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
        pen.fillRect(x - wide / 2 - 1.5, y - high / 2 - 1.5, wide + 3, high + 3);
        pen.drawImage(picture, x - wide / 2, y - high / 2, wide, high);
      } else {
        pen.beginPath();
        pen.arc(x, y, mapped.length > 3000 ? 2.5 : 4, 0, 7);
        pen.fill();
      }
    }
    pen.globalAlpha = 1;
    if (pointed >= 0) {
      const [x, y] = spot(run.photos[pointed]);
      pen.strokeStyle = getComputedStyle(box).getPropertyValue("--pencil");
      pen.lineWidth = 3;
      pen.beginPath();
      pen.arc(x, y, pictures.size ? small / 1.6 : 9, 0, 7);
      pen.stroke();
    }
  }

  function label() {
    for (const old of box.querySelectorAll("a")) old.remove();
    const taken = [];
    const middle = (values) => values.sort((one, other) => one - other)[values.length >> 1];
    const bySize = [...folders.values()].sort((one, other) => other.photos.length - one.photos.length);
    for (const folder of bySize) {
      const spots = folder.photos.map((index) => run.photos[index]).filter((photo) => photo.spot).map(spot);
      if (!spots.length) continue;
      const link = document.createElement("a");
      link.href = `#folder-${folder.number}`;
      link.dataset.folder = folder.number;
      link.textContent = folder.name;
      box.append(link);
      const [wide, high] = [link.offsetWidth / 2, link.offsetHeight / 2];
      const x = Math.max(wide + 2, Math.min(width - wide - 2, middle(spots.map((place) => place[0]))));
      const y = Math.max(high + 2, Math.min(height - high - 2, middle(spots.map((place) => place[1]))));
      const meets = (other) => Math.abs(x - other.x) < wide + other.wide + 4 && Math.abs(y - other.y) < high + other.high + 3;
      if (taken.some(meets)) {
        link.remove();
        continue;
      }
      link.style.left = `${x}px`;
      link.style.top = `${y}px`;
      taken.push({ x, y, wide, high });
    }
  }

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    [width, height] = [box.clientWidth, box.clientHeight];
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    label();
    redraw();
  }

  const peek = document.createElement("div");
  peek.className = "peek";
  peek.hidden = true;
  peek.setAttribute("role", "status");
  const shown = new Image();
  shown.alt = "";
  const text = document.createElement("span");
  peek.append(shown, text);
  box.append(peek);

  function point(index) {
    if (index === pointed) return;
    pointed = index;
    peek.hidden = index < 0;
    redraw();
    if (index < 0) return;
    const photo = run.photos[index];
    const address = thumbnail(index);
    shown.hidden = !address;
    if (address) shown.src = address;
    text.textContent = photo.caption || photo.name;
    const [x, y] = spot(photo);
    peek.style.left = `${x < width / 2 ? Math.min(x + 24, width - 190) : Math.max(4, x - 24 - 184)}px`;
    peek.style.top = `${Math.max(4, Math.min(y - 90, height - 236))}px`;
  }

  function nearest(x, y, most, from = -1, way = null) {
    let [best, least] = [-1, most];
    for (const { index, photo } of mapped) {
      if (index === from || !matching[index]) continue;
      const [right, down] = [spot(photo)[0] - x, spot(photo)[1] - y];
      const along = way ? right * way[0] + down * way[1] : 0;
      if (way && along <= 0.5) continue;
      const away = way ? along + 3 * Math.abs(right * way[1] + down * way[0]) : Math.hypot(right, down);
      if (away < least) [best, least] = [index, away];
    }
    return best;
  }

  canvas.addEventListener("pointermove", (event) => point(nearest(event.offsetX, event.offsetY, Math.max(14, side() / 1.5))));
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("blur", () => point(-1));
  canvas.addEventListener("click", (event) => {
    const index = nearest(event.offsetX, event.offsetY, Math.max(14, side() / 1.5));
    if (index >= 0) open(index);
  });
  canvas.addEventListener("keydown", (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Enter" && pointed >= 0) {
      event.preventDefault();
      open(pointed);
    } else if (ways[event.key]) {
      event.preventDefault();
      const [x, y] = pointed >= 0 ? spot(run.photos[pointed]) : [width / 2, height / 2];
      const next = pointed >= 0 ? nearest(x, y, Infinity, pointed, ways[event.key]) : nearest(x, y, Infinity);
      if (next >= 0) point(next);
    }
  });
  document.addEventListener("photosort:filter", redraw);
  document.addEventListener("photosort:folders", () => {
    readColours();
    label();
    redraw();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    redraw();
  });
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    if (mapped.length > PICTURES) return;
    for (const { index } of mapped) {
      const address = thumbnail(index);
      if (!address) continue;
      const picture = new Image();
      picture.onload = redraw;
      picture.src = address;
      pictures.set(index, picture);
    }
  }).observe(box);
  readColours();
  new ResizeObserver(resize).observe(box);
})();
