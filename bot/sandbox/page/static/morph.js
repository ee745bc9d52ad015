// Making a part of the page like what the server has drawn, and touching only what differs.

export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || "" : "");
const isField = (node) => node.matches("input:not([type=file]), textarea, select");

// What someone opened, unfolded or turned to is theirs.
const isOwn = (node, name) => (name === "open" && node.matches("details")) || (name === "hidden" && node.matches("tbody"));

// Make `old` like `fresh` and touch only what differs, so that focus, selection, scrolling and typing stay.
export function morph(old, fresh) {
  if (old.isEqualNode(fresh) && !old.querySelector("input, textarea, select") && !isField(old)) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !isOwn(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !isOwn(old, name)) old.setAttribute(name, value);
  }
  if (old.matches(".composer, [data-kept]")) return;
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

export function morphChildren(old, fresh) {
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
