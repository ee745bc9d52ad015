// The connection to the workspace: actions go out, and what the server has drawn comes in.

const SLOWEST = 4000;
let socket = null;
let retry = 250;
export const seen = { socket: null };

export const $ = (id) => document.getElementById(id);

export const connected = () => socket?.readyState === WebSocket.OPEN;

// Keep a connection, and hand what arrives to `arrive`.
export function connect(arrive) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = seen.socket = new WebSocket(`${scheme}//${location.host}/page/live`);
  socket.onopen = () => {
    retry = 250;
    $("offline").hidden = true;
    send({ do: "hello", href: location.href, as: sessionStorage.getItem("as") || "" });
  };
  socket.onmessage = (event) => arrive(JSON.parse(event.data));
  socket.onclose = () => {
    $("offline").hidden = false;
    setTimeout(connect, retry, arrive);
    retry = Math.min(retry * 2, SLOWEST);
  };
}

export function send(action) {
  if (connected()) socket.send(JSON.stringify(action));
  else toast("Not connected. Try again in a moment.");
}

export function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}
