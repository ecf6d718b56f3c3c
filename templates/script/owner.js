// Page of one person: copies the message.

function startOwner() {
  const control = byId("copy-message");
  const message = byId("message");
  if (!(control instanceof HTMLButtonElement) || !message) return;
  control.hidden = false;
  control.addEventListener("click", () => copyFrom(control, message.textContent || ""));
}
