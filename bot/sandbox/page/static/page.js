// The browser's half of the page: it sends what people do and puts in place what the server has drawn.
"use strict";

const $ = (id) => document.getElementById(id);
const drafts = new Map();
const pending = new Map();
const spent = { edits: 0, total: 0, worst: 0, last: 0 };
window.sandbox = { spent, socket: null };
let socket = null;
let retry = 250;

// --- the connection -------------------------------------------------------------------------------------------

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = window.sandbox.socket = new WebSocket(`${scheme}//${location.host}/page/live`);
  socket.onopen = () => {
    retry = 250;
    $("offline").hidden = true;
    document.body.classList.remove("offline");
    send({ do: "hello", href: location.href, as: sessionStorage.getItem("as") || "" });
  };
  socket.onmessage = (event) => arrive(JSON.parse(event.data));
  socket.onclose = () => {
    $("offline").hidden = false;
    document.body.classList.add("offline");
    setTimeout(connect, retry);
    retry = Math.min(retry * 2, 4000);
  };
}

function send(wish) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish));
  else toast("Not connected. Try again in a moment.");
}

// --- drawing --------------------------------------------------------------------------------------------------

const ops = {
  fill(id, html) {
    const to = $(id);
    if (to) morphChildren(to, parsed(html));
    if (id === "modals" || id === "asked") attend($(id));
  },
  set(id, html, name) {
    const to = $(id);
    to.hidden = false;
    if (to.dataset.shows === name) return ops.fill(id, html);
    keepDrafts(to);
    to.dataset.shows = name;
    to.replaceChildren(parsed(html));
    takeDrafts(to);
    if (id === "thread") document.querySelector("#thread textarea")?.focus({ preventScroll: true });
  },
  hide(id) {
    const to = $(id);
    keepDrafts(to);
    to.hidden = true;
    to.dataset.shows = "";
    to.replaceChildren();
  },
  put(holder, id, html) {
    const old = $(id);
    const fresh = parsed(html).firstElementChild;
    if (old) morph(old, fresh);
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

function apply(changes) {
  const from = performance.now();
  for (const [what, ...rest] of changes) ops[what](...rest);
  spent.last = performance.now() - from;
  spent.edits += 1;
  spent.total += spent.last;
  spent.worst = Math.max(spent.worst, spent.last);
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || "" : "");
const isField = (node) => node.matches("input:not([type=file]), textarea, select");

// Make `old` like `fresh` and touch only what differs, so that focus, selection, scrolling and typing stay.
function morph(old, fresh) {
  if (old.isEqualNode(fresh) && !old.querySelector("input, textarea, select") && !isField(old)) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.matches("details"))) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !(name === "open" && old.matches("details"))) old.setAttribute(name, value);
  }
  if (old.matches(".composer")) return;
  if (isField(old)) return morphField(old, fresh);
  morphChildren(old, fresh);
}

function morphField(old, fresh) {
  if (old.matches("select")) {
    const chosen = [...old.selectedOptions].map((o) => o.value).join();
    const wanted = [...fresh.selectedOptions].map((o) => o.value).join();
    if (chosen === wanted) old.dirty = false;
    if (old.dirty) return;
    if (!old.isEqualNode(fresh)) morphChildren(old, fresh);
    [...old.options].forEach((option, at) => { option.selected = fresh.options[at]?.selected; });
  } else if (old.matches("[type=radio], [type=checkbox]")) {
    if (old.checked === fresh.checked) old.dirty = false;
    if (!old.dirty) old.checked = fresh.checked;
  } else {
    if (old.value === fresh.value) old.dirty = false;
    if (!old.dirty && old.value !== fresh.value) old.value = fresh.value;
  }
}

function morphChildren(old, fresh) {
  const known = new Map();
  for (const child of old.children) if (keyOf(child)) known.set(keyOf(child), child);
  const wanted = new Set([...fresh.children].map(keyOf).filter(Boolean));
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    const match = key ? known.get(key) : null;
    if (match) {
      while (at && at !== match && !wanted.has(keyOf(at) || " ")) at = removed(at);
      if (at === match) at = at.nextSibling;
      else old.insertBefore(match, at);
      morph(match, child);
    } else if (!key && at && !keyOf(at) && at.nodeName === child.nodeName) {
      if (at.nodeType === 1) morph(at, child);
      else grown(at, child.nodeValue);
      at = at.nextSibling;
    } else {
      old.insertBefore(child, at);
    }
  }
  while (at) at = removed(at);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// Text that only got longer is appended to: a selection in it stays.
function grown(node, text) {
  if (node.nodeValue === text) return;
  if (text.startsWith(node.nodeValue)) node.appendData(text.slice(node.nodeValue.length));
  else node.nodeValue = text;
}

// --- dialogs --------------------------------------------------------------------------------------------------

let opener = null;
const front = () => $("asked").querySelector("[data-trap]") || $("modals").querySelector("[data-trap]");

function attend(holder) {
  const dialog = front();
  $("frame").inert = Boolean(dialog);
  $("modals").inert = Boolean($("asked").firstElementChild);
  if (!dialog) {
    if (holder.dataset.front) back();
    $("modals").dataset.front = $("asked").dataset.front = "";
    return;
  }
  const name = dialog.id || "asked";
  if (holder.dataset.front === name && dialog.contains(document.activeElement)) return;
  if (!opener) opener = document.activeElement === document.body ? null : document.activeElement;
  holder.dataset.front = name;
  const first = dialog.querySelector("[autofocus], .fields input:not([type=hidden]), .fields textarea, .fields select");
  (first || dialog.querySelector("footer .primary, footer .danger, footer button") || dialog).focus();
}

function back() {
  const same = opener && opener.isConnected ? opener : document.querySelector("#thread textarea, #main textarea");
  opener = null;
  same?.focus({ preventScroll: true });
}

function trap(event, dialog) {
  const stops = [...dialog.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']")]
    .filter((stop) => !stop.disabled && stop.offsetParent);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const out = !dialog.contains(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || out)) { last?.focus(); event.preventDefault(); }
  else if (!event.shiftKey && (document.activeElement === last || out)) { first?.focus(); event.preventDefault(); }
}

// --- what people do -------------------------------------------------------------------------------------------

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
  theme() {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  },
};

// What arrives while a mouse button is down waits for its release: a click on an element that is gone is no click.
let held = null;

function arrive(news) {
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

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const act = event.target.closest("[data-do]");
  const other = event.ctrlKey || event.metaKey || event.shiftKey;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target) || event.target.closest("[role=menuitem]")) menu.open = false;
  }
  if (link && !other && link.origin === location.origin && link.pathname.startsWith("/archives/")) {
    event.preventDefault();
    if (act) { flush(); send(about(act)); }
    return send({ do: "link", href: link.href });
  }
  if (!act || act.matches("input, textarea, select") || (other && link)) return;
  if (link && act.dataset.do !== "press" && act.dataset.do !== "pick") event.preventDefault();
  if (local[act.dataset.do]) return local[act.dataset.do]();
  flush();
  send(about(act));
});

// A menu near the lower edge opens upwards.
document.addEventListener("toggle", (event) => {
  const menu = event.target.matches("details[data-menu][open]") && event.target.querySelector(".menu");
  if (!menu) return;
  menu.classList.remove("up");
  const edge = (menu.closest(".scroll") || document.body).getBoundingClientRect().bottom;
  menu.classList.toggle("up", menu.getBoundingClientRect().bottom > edge);
}, true);

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.closest(".composer")) return composing(field);
  if (!field.dataset.key) return;
  field.dirty = true;
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
  if (field.matches("select[multiple]")) return [...field.selectedOptions].map((option) => option.value);
  if (!field.matches("[type=checkbox]")) return field.value;
  return [...field.closest(".choices").querySelectorAll(":checked")].map((box) => box.value);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".composer")) return say(event.target);
  flush();
  send({ do: "submit", surface: event.target.dataset.surface });
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const dialog = front();
  if (event.key === "Tab" && dialog) return trap(event, dialog);
  if (event.key === "Escape") return escape(event, dialog);
  if (field.matches(".composer textarea") && suggesting(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    if (field.matches(".composer textarea")) { event.preventDefault(); say(field.form); }
    else if (dialog && (event.ctrlKey || event.metaKey)) { event.preventDefault(); dialog.requestSubmit?.(); }
    else if (field.matches("input[data-do=enter], textarea[data-enter]")) {
      event.preventDefault();
      pending.delete(field.dataset.key);
      send({ ...about(field), text: field.value, enter: true });
    }
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && field.closest("details[data-menu][open]")) {
    const entries = [...field.closest("details").querySelectorAll("[role=menuitem]")];
    const next = entries.indexOf(field) + (event.key === "ArrowDown" ? 1 : -1);
    entries[(next + entries.length) % entries.length].focus();
    event.preventDefault();
  }
});

function escape(event, dialog) {
  const menu = document.querySelector("details[data-menu][open]");
  const list = document.querySelector(".suggestions:not([hidden])");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  else if (list) hideSuggestions(list);
  else if (dialog && $("asked").contains(dialog)) send({ do: "deny" });
  else if (dialog) { flush(); send({ do: "escape", surface: dialog.dataset.surface }); }
  else if (event.target.closest("#thread")) send({ do: "close_thread" });
  else return;
  event.preventDefault();
}

// --- the composer ---------------------------------------------------------------------------------------------

function keepDrafts(holder) {
  for (const form of holder.querySelectorAll(".composer")) drafts.set(form.dataset.draft, form.elements.text.value);
}

function takeDrafts(holder) {
  for (const form of holder.querySelectorAll(".composer")) {
    form.elements.text.value = drafts.get(form.dataset.draft) || "";
    grow(form.elements.text);
  }
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

function composing(box) {
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

function suggesting(event) {
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

function hideSuggestions(list) {
  list.hidden = true;
  const box = list.form || list.closest("form").elements.text;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

const read = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done({ name: file.name, data: reader.result.split(",")[1] || "" });
  reader.readAsDataURL(file);
});

async function attach(field) {
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

function say(form) {
  const box = form.elements.text;
  const text = box.value.trim();
  if (!text && !form.files?.length) return;
  if (socket.readyState !== WebSocket.OPEN) return toast("Not connected. Try again in a moment.");
  send({ do: "send", pane: form.dataset.pane, text, files: form.files || [] });
  box.value = "";
  form.files = [];
  chips(form);
  grow(box);
  hideSuggestions(form.querySelector(".suggestions"));
  const scroll = form.parentElement.querySelector(".talk");
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}

// --- small things ---------------------------------------------------------------------------------------------

function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

function ago(seconds) {
  for (const [size, name] of [[86400, "day"], [3600, "hour"], [60, "minute"]]) {
    if (seconds >= size) {
      const count = Math.floor(seconds / size);
      return `${count} ${name}${count === 1 ? "" : "s"} ago`;
    }
  }
  return "just now";
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = ago(Date.now() / 1000 - time.dataset.ago);
}, 30000);

document.documentElement.dataset.theme = localStorage.getItem("theme") || "";
connect();
