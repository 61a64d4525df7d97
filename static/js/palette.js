// Ctrl-K: jump to a commune, district, criterion, body, directive or page by name.
(() => {
  const palette = document.getElementById("bang-lenh");
  if (!palette) return;
  const input = palette.querySelector("input[name=q]");
  const links = () => [...palette.querySelectorAll(".palette-found a")];
  // Enter typed before the answer came waits for it: it must not open what was found for the words before.
  let isFresh = false;
  let wantsFirst = false;

  const openFirst = () => {
    wantsFirst = !isFresh;
    if (isFresh) links()[0]?.click();
  };

  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.select();
    htmx.trigger(input, "find");
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  for (const opener of document.querySelectorAll("[data-palette]")) {
    opener.hidden = false;
    opener.addEventListener("click", open);
  }

  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("[data-close]")) palette.close();
  });
  palette.addEventListener("keydown", (event) => {
    const found = links();
    const at = found.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && found.length) {
      event.preventDefault();
      found[Math.min(at + 1, found.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at ? found[at - 1] : input).focus();
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      palette.close();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      openFirst();
    }
  });
  input.addEventListener("input", () => {
    isFresh = false;
    wantsFirst = false;
  });
  palette.addEventListener("htmx:afterSwap", (event) => {
    // An answer under way when somebody types on is about the words before.
    isFresh = event.detail.requestConfig.parameters.q === input.value;
    if (isFresh && wantsFirst) openFirst();
  });
})();
