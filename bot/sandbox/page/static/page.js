// The browser's half of the page: it sends what people do and puts in place what the server has drawn.

import "./acts.js";
import { arrive, spent } from "./draw.js";
import { connect, seen } from "./link.js";

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
window.sandbox = { spent, seen };
connect(arrive);
