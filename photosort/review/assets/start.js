"use strict";

/** Brings the page and its scripts, and speaks with the server, which holds the plan. */
const review = (() => {
  const byId = (id) => document.getElementById(id);

  function remembered(name) {
    const given = document.querySelector(`meta[name="photosort-${name}"]`).content;
    if (given) sessionStorage.setItem(name, given);
    return given || sessionStorage.getItem(name) || "";
  }

  const secret = remembered("secret");
  const key = remembered("key");
  history.replaceState(null, "", "/");

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  async function answer(path, body) {
    const headers = { "X-Photosort": secret };
    const request = { headers, cache: "no-store" };
    if (body) {
      headers["Content-Type"] = "application/json";
      Object.assign(request, { method: "POST", body: JSON.stringify(body) });
    }
    let response;
    try {
      response = await fetch(path, request);
    } catch {
      throw { problem: "photosort review has ended", hint: "Start it again: it goes on with your changes." };
    }
    if (!response.ok) throw await response.json();
    return response;
  }

  /** Ask the server, and return the object that it answers with. */
  const call = async (path, body) => (await answer(path, body)).json();

  function say(text) {
    byId("failure").replaceChildren();
    byId("status").textContent = text || "";
  }

  function fail(error) {
    byId("status").textContent = "";
    const line = make("p", { textContent: `${error.problem || error}. ${error.hint || ""}`.replace(/\.\./g, ".") });
    const details = (error.details || []).slice(0, 50).map((text) => make("li", { textContent: text }));
    byId("failure").replaceChildren(line, ...(details.length ? [make("ul", {}, ...details)] : []));
    byId("failure").scrollIntoView({ block: "nearest" });
  }

  /** The address of a photo for the large view. */
  const large = (number) => `/large/${number}?key=${encodeURIComponent(key)}`;

  /** The address of its thumbnail. */
  const small = (number) => `/picture/${number}?key=${encodeURIComponent(key)}`;

  /** Fetch scripts side by side, and run them in their order. */
  const load = (names) =>
    Promise.all(
      names.map((name) => {
        return new Promise((done, failed) => {
          document.head.append(make("script", { src: `/${name}.js`, async: false, onload: done, onerror: failed }));
        });
      }),
    );

  async function begin() {
    const [text, state] = await Promise.all([answer("/page").then((page) => page.text()), call("/state")]);
    const page = new DOMParser().parseFromString(text, "text/html");
    document.body.classList.add("loading");
    document.body.replaceChildren(...page.body.childNodes);
    await load(["page", "folders", "map", "timeline", "select", "edit"]);
    review.show(state);
    document.body.classList.remove("loading");
  }

  addEventListener("DOMContentLoaded", () => begin().catch(fail));
  return { byId, make, call, say, fail, large, small };
})();
