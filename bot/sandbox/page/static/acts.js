// What people do on the page, as actions for the server: clicks, choices, typing, keys.

import { attach, composing, hideSuggestions, read, say, suggesting } from "./composer.js";
import { front, trap } from "./dialogs.js";
import { $, send } from "./link.js";
import { ask, chosen, closed, closeOthers, moved, turn } from "./menus.js";

// Text that the app is told of a moment after the last key, by the field's key.
const pending = new Map();

function about(element) {
  const surface = element.closest("[data-surface]")?.dataset.surface || "";
  return { ...element.dataset, surface };
}

function flush(key) {
  for (const [name, wait] of [...pending]) {
    if (key && name !== key) continue;
    clearTimeout(wait.timer);
    pending.delete(name);
    if (wait.field.isConnected) send({ ...about(wait.field), text: wait.field.value });
  }
}

const local = {
  page: turn,
  theme() {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  },
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const act = event.target.closest("[data-do]");
  const other = event.ctrlKey || event.metaKey || event.shiftKey;
  closeOthers(event.target);
  if (link && !other && link.origin === location.origin && link.pathname.startsWith("/archives/")) {
    event.preventDefault();
    if (act) { flush(); send(about(act)); }
    return send({ do: "link", href: link.href });
  }
  if (!act || act.matches("input, textarea, select") || (other && link)) return;
  if (link && act.dataset.do !== "press" && act.dataset.do !== "pick") event.preventDefault();
  if (local[act.dataset.do]) return local[act.dataset.do](act);
  flush();
  send(about(act));
  if (act.dataset.do === "choose_offered") chosen(act);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.closest(".composer")) return composing(field);
  if (!field.dataset.key) return;
  field.dirty = true;
  if (field.dataset.do === "suggest") return ask(field, about(field));
  if (field.dataset.do !== "enter") return;
  clearTimeout(pending.get(field.dataset.key)?.timer);
  const timer = "live" in field.dataset ? setTimeout(() => flush(field.dataset.key), 300) : 0;
  pending.set(field.dataset.key, { field, timer });
});

document.addEventListener("change", async (event) => {
  const field = event.target;
  if (field.matches(".composer [type=file]")) return attach(field);
  if (field.dataset.do === "attach") return send({ ...about(field), files: await Promise.all([...field.files].map(read)) });
  if (field.dataset.do === "enter") return flush(field.dataset.key);
  if (field.dataset.do !== "choose") return;
  field.dirty = true;
  flush();
  send({ ...about(field), value: valueOf(field) });
});

function valueOf(field) {
  if (!field.matches("[type=checkbox]")) return field.value;
  return [...field.closest(".choices").querySelectorAll(":checked")].map((box) => box.value);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".composer")) return say(event.target);
  flush();
  if (event.target.matches(".order")) return send({ do: "order", ...Object.fromEntries(new FormData(event.target)) });
  send({ do: "submit", surface: event.target.dataset.surface });
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const dialog = front();
  if (event.key === "Tab" && dialog) return trap(event, dialog);
  if (event.key === "Escape") return escape(event, dialog);
  if (field.matches(".composer textarea") && suggesting(event)) return;
  if (moved(event)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    if (field.matches(".composer textarea")) { event.preventDefault(); say(field.form); }
    else if (dialog && (event.ctrlKey || event.metaKey)) { event.preventDefault(); dialog.requestSubmit?.(); }
    else if (field.matches("input[data-do=enter], textarea[data-enter]")) {
      event.preventDefault();
      pending.delete(field.dataset.key);
      send({ ...about(field), text: field.value, enter: true });
    }
  }
});

function escape(event, dialog) {
  const list = document.querySelector(".suggestions:not([hidden])");
  if (closed(event.target)) { /* that was it */ }
  else if (list) hideSuggestions(list);
  else if (dialog && $("asked").contains(dialog)) send({ do: "deny" });
  else if (dialog) { flush(); send({ do: "escape", surface: dialog.dataset.surface }); }
  else if (event.target.closest("#thread")) send({ do: "close_thread" });
  else return;
  event.preventDefault();
}
