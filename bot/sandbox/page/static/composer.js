// Writing messages: drafts, completion of commands and people, files, and sending.

import { $, connected, send, toast } from "./link.js";

const drafts = new Map();

export function keepDrafts(holder) {
  for (const form of holder.querySelectorAll(".composer")) drafts.set(form.dataset.draft, form.elements.text.value);
}

export function takeDrafts(holder) {
  for (const form of holder.querySelectorAll(".composer")) {
    form.elements.text.value = drafts.get(form.dataset.draft) || "";
    grow(form.elements.text);
  }
}

export function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

export function composing(box) {
  grow(box);
  const list = box.form.querySelector(".suggestions");
  const found = suggestions(box);
  if (!found.length) return hideSuggestions(list);
  list.replaceChildren(...found.map((entry, at) => {
    const row = document.createElement("button");
    row.type = "button";
    row.id = `${list.id}-${at}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", at === 0);
    row.dataset.insert = entry.insert;
    const [name, hint, told] = ["b", "span", "small"].map((tag) => document.createElement(tag));
    name.textContent = entry.name;
    hint.textContent = entry.hint;
    told.textContent = entry.told;
    row.append(name, hint, told);
    row.addEventListener("mousedown", (event) => { event.preventDefault(); insert(box, entry.insert); });
    return row;
  }));
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  box.setAttribute("aria-activedescendant", `${list.id}-0`);
}

function suggestions(box) {
  const known = JSON.parse($("known").textContent);
  const before = box.value.slice(0, box.selectionStart);
  if (/^\/\S*$/.test(before)) {
    if (box.form.dataset.pane === "thread") {
      return [{ name: before, hint: "", told: "Slash commands are not supported in threads.", insert: before }];
    }
    return known.commands.filter((c) => c.name.startsWith(before)).map((c) => ({ ...c, insert: `${c.name} ` }));
  }
  const at = before.match(/(?:^|\s)@(\w*)$/);
  if (!at) return [];
  return known.people.filter((p) => p.name.toLowerCase().startsWith(at[1].toLowerCase()))
    .map((p) => ({ name: `@${p.name}`, hint: p.told, told: "", insert: `@${p.name} ` }));
}

function insert(box, text) {
  const before = box.value.slice(0, box.selectionStart).replace(/(^\/\S*|@\w*)$/, "");
  const after = box.value.slice(box.selectionStart);
  box.value = before + text + after;
  box.setSelectionRange(before.length + text.length, before.length + text.length);
  hideSuggestions(box.form.querySelector(".suggestions"));
  grow(box);
}

export function suggesting(event) {
  const box = event.target;
  const list = box.form.querySelector(".suggestions");
  if (list.hidden) return false;
  const rows = [...list.children];
  const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (now + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === next));
    box.setAttribute("aria-activedescendant", rows[next].id);
  } else if (event.key === "Tab" || (event.key === "Enter" && rows[now].dataset.insert.trim() !== box.value.trim())) {
    insert(box, rows[now].dataset.insert);
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

export function hideSuggestions(list) {
  list.hidden = true;
  const box = list.form || list.closest("form").elements.text;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

export const read = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done({ name: file.name, data: reader.result.split(",")[1] || "" });
  reader.readAsDataURL(file);
});

export async function attach(field) {
  const form = field.form;
  form.files = [...(form.files || []), ...await Promise.all([...field.files].map(read))];
  field.value = "";
  chips(form);
}

function chips(form) {
  form.querySelector(".chips").replaceChildren(...(form.files || []).map((file) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = `${file.name} ×`;
    chip.setAttribute("aria-label", `Remove ${file.name}`);
    chip.addEventListener("click", () => { form.files = form.files.filter((one) => one !== file); chips(form); });
    return chip;
  }));
}

export function say(form) {
  const box = form.elements.text;
  const text = box.value.trim();
  if (!text && !form.files?.length) return;
  if (!connected()) return toast("Not connected. Try again in a moment.");
  send({ do: "send", pane: form.dataset.pane, text, files: form.files || [] });
  box.value = "";
  form.files = [];
  chips(form);
  grow(box);
  hideSuggestions(form.querySelector(".suggestions"));
  const scroll = form.parentElement.querySelector(".talk");
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}
