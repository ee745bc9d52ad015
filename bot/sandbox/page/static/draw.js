// Carrying out the changes that the server sends.

import { grow, keepDrafts, takeDrafts } from "./composer.js";
import { alike, attend, marked } from "./dialogs.js";
import { $, toast } from "./link.js";
import { morph, morphChildren, parsed } from "./morph.js";

// How much script the changes cost, for benchmarks.
export const spent = { edits: 0, total: 0, worst: 0, last: 0 };

// Where the focus was when a thread was opened: it goes back there when the thread is closed.
let besideThread = null;

const ops = {
  fill(id, html) {
    const to = $(id);
    if (to) morphChildren(to, parsed(html));
    if (id === "modals" || id === "asked") attend(to);
    else if (to?.matches(".options")) unfolded(to);
  },
  set(id, html, name) {
    const to = $(id);
    to.hidden = false;
    if (to.dataset.shows === name) return ops.fill(id, html);
    keepDrafts(to);
    if (id === "thread" && !to.contains(document.activeElement)) besideThread = document.activeElement;
    to.dataset.shows = name;
    to.replaceChildren(parsed(html));
    takeDrafts(to);
    if (id === "thread") document.querySelector("#thread textarea")?.focus({ preventScroll: true });
  },
  hide(id) {
    const to = $(id);
    const focused = to.contains(document.activeElement);
    keepDrafts(to);
    to.hidden = true;
    to.dataset.shows = "";
    to.replaceChildren();
    if (focused) (besideThread?.isConnected ? besideThread : document.querySelector("#main textarea"))?.focus({ preventScroll: true });
  },
  put(holder, id, html) {
    const old = $(id);
    const fresh = parsed(html).firstElementChild;
    if (old) {
      const focused = old.contains(document.activeElement) ? marked(document.activeElement) : null;
      morph(old, fresh);
      alike(focused)?.focus({ preventScroll: true });
    }
    else $(holder)?.append(fresh);
  },
  drop(id) { $(id)?.remove(); },
  url(url, title) {
    history.replaceState(null, "", url);
    document.title = title;
    sessionStorage.setItem("as", new URL(location.href).searchParams.get("as") || "");
  },
  toast(text) { toast(text); },
  draft(pane, text) {
    const box = document.querySelector(`#${pane} .composer textarea`);
    if (box && !box.value) { box.value = text; grow(box); }
  },
  clean(surface) {
    for (const field of document.querySelectorAll(`[data-surface="${CSS.escape(surface)}"] [data-key]`)) field.dirty = false;
  },
};

export function apply(changes) {
  const from = performance.now();
  for (const [what, ...rest] of changes) ops[what](...rest);
  spent.last = performance.now() - from;
  spent.edits += 1;
  spent.total += spent.last;
  spent.worst = Math.max(spent.worst, spent.last);
}

function unfolded(list) {
  const box = document.querySelector(`[aria-controls="${CSS.escape(list.id)}"]`);
  box?.setAttribute("aria-expanded", String(list.childElementCount > 0));
}

// What arrives while a mouse button is down waits for its release: a click on an element that is gone is no click.
let held = null;

export function arrive(news) {
  if (held) held.push(news);
  else apply(news);
}

function release() {
  setTimeout(() => {
    const waiting = held ?? [];
    held = null;
    waiting.forEach((news) => apply(news));
  });
}

document.addEventListener("pointerdown", () => { held ??= []; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release, true);
window.addEventListener("blur", release);
