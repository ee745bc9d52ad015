// Menus that open, menus that ask the app for their options, and the pages of a table.

import { send } from "./link.js";

const PAUSE = 200;
let asking = 0;

const listOf = (box) => document.getElementById(box.dataset.list);

// Ask for options once someone stops typing.
export function ask(box, action) {
  clearTimeout(asking);
  asking = setTimeout(() => { if (box.isConnected) send({ ...action, text: box.value }); }, PAUSE);
}

export function clear(box) {
  clearTimeout(asking);
  listOf(box)?.replaceChildren();
  box.setAttribute("aria-expanded", "false");
}

// Go on with an empty box after an option was chosen.
export function chosen(option) {
  const box = option.closest(".search").querySelector("input");
  box.value = "";
  box.dirty = false;
  clear(box);
  box.focus();
}

// Move through options and menu entries with the arrows; true when the key was used.
export function moved(event) {
  const field = event.target;
  const down = event.key === "ArrowDown";
  if (field.matches("[data-do=suggest]")) {
    const first = listOf(field)?.querySelector("[role=option]");
    if (event.key === "Enter") first?.click();
    else if (down && first) first.focus();
    else return false;
    return true;
  }
  const holder = field.closest("details[data-menu][open], .options");
  if (!holder || !(down || event.key === "ArrowUp")) return false;
  const entries = [...holder.querySelectorAll("[role=menuitem], [role=option]")];
  const at = entries.indexOf(field);
  entries[at < 0 ? (down ? 0 : entries.length - 1) : (at + (down ? 1 : -1) + entries.length) % entries.length]?.focus();
  return true;
}

// Close what Escape closes first; true when there was something.
export function closed(target) {
  const menu = document.querySelector("details[data-menu][open]");
  const box = target.closest(".search")?.querySelector("input");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  else if (box && listOf(box).childElementCount) { clear(box); box.focus(); }
  else return false;
  return true;
}

export function closeOthers(target) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target) || target.closest("[role=menuitem]")) menu.open = false;
  }
}

export function turn(button) {
  const table = button.closest(".data-table");
  const pages = [...table.querySelectorAll("tbody")];
  const now = pages.findIndex((page) => !page.hidden);
  const next = Math.min(Math.max(now + Number(button.dataset.by), 0), pages.length - 1);
  pages.forEach((page, at) => { page.hidden = at !== next; });
  table.querySelector(".page").textContent = next + 1;
}

// A menu near the lower edge opens upwards.
document.addEventListener("toggle", (event) => {
  const menu = event.target.matches("details[data-menu][open]") && event.target.querySelector(".menu");
  if (!menu) return;
  menu.classList.remove("up");
  const edge = (menu.closest(".scroll") || document.body).getBoundingClientRect().bottom;
  menu.classList.toggle("up", menu.getBoundingClientRect().bottom > edge);
}, true);
