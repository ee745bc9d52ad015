// Modals and questions: where the focus goes when they open and close, and that it stays inside.

import { $ } from "./link.js";

let opener = null;
// What the opener was when it was pressed: drawn anew, the same node may be another control.
let called = null;
// The dialog in front, if one is open.
export const front = () => $("asked").querySelector("[data-trap]") || $("modals").querySelector("[data-trap]");

export function attend(holder) {
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
  if (opener && !called) called = marked(opener);
  holder.dataset.front = name;
  const first = dialog.querySelector("[autofocus], .fields input:not([type=hidden]), .fields textarea, .fields select");
  (first || dialog.querySelector("footer .primary, footer .danger, footer button") || dialog).focus();
  if (first?.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
}

function back() {
  const same = alike(called) || (opener?.isConnected ? opener : null);
  opener = called = null;
  (same || document.querySelector("#thread textarea, #main textarea"))?.focus({ preventScroll: true });
}

// What a control is now: where it is drawn anew, the same node may be another one.
export function marked(control) {
  const pane = control.closest("#thread, #main, aside") || document.body;
  return { pane, action: control.dataset.action, name: control.getAttribute("aria-label") };
}

// The control that has this action and this name now.
export function alike(mark) {
  if (!mark?.action) return null;
  return [...mark.pane.querySelectorAll("[data-action]")].find(
    (other) => other.dataset.action === mark.action && other.getAttribute("aria-label") === mark.name,
  );
}

export function trap(event, dialog) {
  const stops = [...dialog.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']")]
    .filter((stop) => !stop.disabled && stop.offsetParent);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const out = !dialog.contains(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || out)) { last?.focus(); event.preventDefault(); }
  else if (!event.shiftKey && (document.activeElement === last || out)) { first?.focus(); event.preventDefault(); }
}
