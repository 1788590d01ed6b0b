"use strict";

/** Changes of the plan, one after the other: buttons, keys and the questions that come before them. */
(() => {
  const { ASIDE, byId, call, chosen, counted, fail, make, say } = review;
  const { folders } = photosort;
  let state = null;
  let waiting = 0;

  const editing = () => state?.phase === "editing";
  const here = () => [...folders.values()].filter((folder) => folder.number !== ASIDE);

  async function change(asked, said) {
    const refocus = review.keepFocus();
    try {
      const after = await call("/change", asked);
      review.unselect();
      show(after);
      refocus();
      say(said);
    } catch (error) {
      fail(error);
    }
  }

  async function ask(what) {
    try {
      show(await call("/ask", { do: what }));
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
        show(await call("/state"));
      } catch (error) {
        fail(error);
      }
    }, 400);
  }

  function sayPhase() {
    if (state.failure) return fail(state.failure);
    if (state.phase === "filing") {
      const progress = state.progress;
      const far = progress?.total ? `: ${progress.stage} ${progress.done} of ${progress.total}` : "";
      return say(`Photos are being filed${far}`);
    }
    if (state.phase !== "filed") return undefined;
    const filed = state.filed;
    const done = { copy: "copied", move: "moved", hardlink: "hard-linked", symlink: "linked" }[filed.mode];
    const there = filed.there ? `, ${counted(filed.there, "file")} already there` : "";
    say(`${counted(filed.photos, "photo")} ${done} to ${filed.destination}${there}.`);
    const lines = filed.failed.map((one) => `${one.path}: ${one.reason}`);
    if (filed.stopped) lines.push(`Stopped: ${filed.stopped}. Go on with: photosort resume ${filed.run}`);
    lines.push(`Take it back: photosort undo ${filed.run}`);
    for (const line of lines) byId("status").append(make("br"), line);
    return undefined;
  }

  /** Show a state of the plan. */
  function show(after) {
    state = after;
    review.showFolders(state);
    byId("undo").disabled = !editing() || !state.changes;
    byId("file").disabled = !editing();
    byId("done").disabled = state.phase === "filing" || state.phase === "ended";
    byId("hint").hidden = !editing();
    review.showChosen();
    sayPhase();
    follow();
  }

  /* Questions */

  function dialog(title, yes, body, work) {
    const element = byId("dialog");
    byId("dialog-title").textContent = title;
    byId("dialog-yes").textContent = yes;
    byId("dialog-body").replaceChildren(...body);
    element.returnValue = "";
    element.onclose = () => element.returnValue === "yes" && work();
    element.showModal();
    const first = element.querySelector("input, select") || byId("dialog-yes");
    first.focus();
    first.select?.();
  }

  const field = (label, control) => make("label", {}, label, control);

  function options(list) {
    return make("select", { id: "which" }, ...list.map(({ name }) => make("option", { value: name, textContent: name })));
  }

  function askName(folder) {
    const name = make("input", { id: "name", value: folder.name, required: true, autocomplete: "off" });
    dialog(`Rename ${folder.name}`, "Rename", [field("New name; / makes a folder in a folder", name)], () =>
      change({ do: "rename", folder: folder.name, to: name.value }, `${folder.name} is now called ${name.value.trim()}.`),
    );
  }

  function askMerge(folder) {
    const which = options(here().filter((other) => other !== folder));
    dialog(`Merge ${folder.name}`, "Merge", [field(`Put into ${folder.name} all photos of`, which)], () =>
      change({ do: "merge", folder: folder.name, other: which.value }, `${which.value} is now part of ${folder.name}.`),
    );
  }

  function askFolder() {
    if (!chosen.size || !editing()) return;
    const which = options(here());
    const name = make("input", { id: "name", autocomplete: "off" });
    dialog(`Move ${counted(chosen.size, "photo")}`, "Move", [field("To the folder", which), field("Or to a new folder called", name)], () =>
      name.value.trim() ? moveChosen(name.value.trim(), true) : moveChosen(which.value),
    );
  }

  function askFile() {
    const count = state.folders.reduce((sum, folder) => sum + folder.photos.length, 0);
    const does = { copy: "Copy", move: "Move", hardlink: "Hard-link", symlink: "Link" }[state.mode];
    const text = `${does} ${counted(count, "photo")} from ${state.source} to ${state.destination}? photosort undo takes it back.`;
    dialog("File it", does, [make("p", { textContent: text })], () => ask("file"));
  }

  function help() {
    const keys = [
      ["Tab", "go to the next folder or button"],
      ["Arrows", "go from photo to photo"],
      ["Space", "select a photo; with Shift, all from the last one"],
      ["Enter", "look at a photo; a double click does so too"],
      ["M", "move the selected photos"],
      ["A", "set them aside: they stay where they are"],
      ["U", "undo the last change"],
      ["/", "search"],
      ["Esc", "clear the selection"],
    ];
    const list = keys.flatMap(([name, text]) => [make("dt", {}, make("kbd", { textContent: name })), make("dd", { textContent: text })]);
    dialog("Keys", "OK", [make("dl", {}, ...list)], () => {});
  }

  /* Changes */

  function moveChosen(folder, isNew) {
    const asked = { do: "move", photos: [...chosen], folder };
    return change(isNew ? { ...asked, new: true } : asked, `${counted(chosen.size, "photo")} moved to ${folder}.`);
  }

  const setAside = () => change({ do: "aside", photos: [...chosen] }, `${counted(chosen.size, "photo")} set aside.`);
  const undo = () => change({ do: "undo" }, "The last change is undone.");

  /** Move the selected photos to the folder of a number, or set them aside. */
  review.moveTo = (number) => (number === ASIDE ? setAside() : moveChosen(folders.get(number).name));

  const work = {
    rename: askName,
    merge: askMerge,
    split: (folder) => change({ do: "split", folder: folder.name }, `${folder.name} is split in two.`),
    pin: (folder) =>
      change({ do: "pin", folder: folder.name, pinned: !folder.pinned }, folder.pinned ? "The name can change again." : "The name is settled."),
  };

  document.addEventListener("click", (event) => {
    const does = event.target.closest("[data-do]")?.dataset.do;
    if (does) work[does](folders.get(Number(event.target.closest(".folder").dataset.folder)));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.matches("input, select")) return;
    const photo = event.target.closest(".photo");
    const keys = {
      m: askFolder,
      a: () => chosen.size && editing() && setAside(),
      u: () => byId("undo").disabled || undo(),
      "?": help,
      Escape: review.unselect,
    };
    if (photo && event.key === " ") review.choose(photo, event.shiftKey);
    else if (keys[event.key] && state) keys[event.key]();
    else return;
    event.preventDefault();
  });

  byId("dialog-no").addEventListener("click", () => byId("dialog").close(""));
  byId("undo").addEventListener("click", undo);
  byId("help").addEventListener("click", help);
  byId("done").addEventListener("click", () => ask("done"));
  byId("file").addEventListener("click", askFile);
  byId("move").addEventListener("click", askFolder);
  byId("aside").addEventListener("click", setAside);

  Object.assign(review, { editing, show });
})();
