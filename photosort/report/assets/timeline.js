"use strict";

/** Bars of the photos by day, month or year; a bar that is pressed shows its photos alone. */
(() => {
  const { run, matching, filter, number } = photosort;
  const dated = run.photos.map((photo) => photo.taken || "");
  const days = dated.filter(Boolean).sort();
  if (!days.length) return;
  const panel = document.getElementById("timeline");
  const years = panel.querySelector(".years");
  const [first, last] = [days[0], days[days.length - 1]];
  const months = (Number(last.slice(0, 4)) - Number(first.slice(0, 4))) * 12 + Number(last.slice(5, 7)) - Number(first.slice(5, 7));
  const span = (Date.parse(last) - Date.parse(first)) / 86400000;
  const length = span <= 62 ? 10 : months <= 62 ? 7 : 4;
  const named = { 4: { year: "numeric" }, 7: { year: "numeric", month: "long" }, 10: { dateStyle: "long" } }[length];
  const words = new Intl.DateTimeFormat("en", { timeZone: "UTC", ...named });
  let chosen = "";

  function* periods() {
    const at = new Date(`${first.slice(0, length)}${"-01-01".slice(length - 4)}`);
    for (let text = first.slice(0, length); text <= last.slice(0, length); text = at.toISOString().slice(0, length)) {
      yield text;
      if (length === 4) at.setUTCFullYear(at.getUTCFullYear() + 1);
      else if (length === 7) at.setUTCMonth(at.getUTCMonth() + 1);
      else at.setUTCDate(at.getUTCDate() + 1);
    }
  }

  const counts = new Map();
  for (const day of days) counts.set(day.slice(0, length), (counts.get(day.slice(0, length)) || 0) + 1);
  const most = Math.max(...counts.values());
  const bars = new Map();
  for (const period of periods()) {
    const count = counts.get(period) || 0;
    const bar = document.createElement("button");
    bar.type = "button";
    bar.disabled = !count;
    bar.title = `${words.format(new Date(period))}: ${number.format(count)}`;
    bar.setAttribute("aria-label", bar.title);
    bar.setAttribute("aria-pressed", "false");
    bar.style.setProperty("--height", `${count ? Math.max(3, (100 * count) / most) : 0}%`);
    bar.addEventListener("click", () => choose(chosen === period ? "" : period));
    bars.set(period, bar);
    years.append(bar);
  }

  /** Years below the bars, or months where they are days; as many as do not touch each other on a telephone. */
  function* labels() {
    const all = [...bars.keys()];
    const short = new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "short", year: "numeric" });
    let free = 0;
    for (const [place, period] of all.entries()) {
      const share = place / all.length;
      const begins = place === 0 || length === 4 || period.endsWith("-01");
      if (!begins || share < free) continue;
      const label = document.createElement("span");
      label.textContent = length === 10 ? short.format(new Date(period)) : period.slice(0, 4);
      label.style.setProperty("--share", `${100 * share}%`);
      free = share + (length === 10 ? 0.3 : 0.14);
      if (share < (length === 10 ? 0.75 : 0.88)) yield label;
    }
  }

  function choose(period) {
    chosen = period;
    filter("date", period ? (index) => dated[index].startsWith(period) : null);
  }

  function tell() {
    const without = dated.length - days.length;
    const rest = without ? ` ${number.format(without)} of ${number.format(dated.length)} photos have no date.` : "";
    const range = `${words.format(new Date(first))} to ${words.format(new Date(last))}.`;
    panel.querySelector(".note").textContent = chosen ? bars.get(chosen).title : range + rest;
  }

  document.addEventListener("photosort:filter", () => {
    if (chosen && matching.every(Boolean)) chosen = "";
    for (const [period, bar] of bars) bar.setAttribute("aria-pressed", String(period === chosen));
    tell();
  });
  panel.querySelector(".axis").append(...labels());
  panel.hidden = false;
  tell();
})();
