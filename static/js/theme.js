// Runs before the page is drawn: the theme and the density that this browser chose last.
// The key "theme" and its values are those of the admin site, so that both look alike.
(() => {
  const root = document.documentElement;
  const sheet = document.querySelector("link[data-dark]");
  const themes = { light: "not all", dark: "screen", auto: "screen and (prefers-color-scheme: dark)" };

  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be switched off; then the system decides
    }
  };
  const keep = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // nothing to keep it in
    }
  };
  const use = (theme) => {
    sheet.media = themes[theme];
    root.dataset.theme = theme;
  };

  const theme = recall("theme");
  use(theme in themes ? theme : "auto");
  root.dataset.density = recall("density") === "compact" ? "compact" : "normal";
  root.classList.add("scripted");

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-next], [data-density-next]");
    if (!button) return;
    if ("themeNext" in button.dataset) {
      const names = Object.keys(themes);
      const next = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
      use(next);
      keep("theme", next);
    } else {
      root.dataset.density = root.dataset.density === "compact" ? "normal" : "compact";
      keep("density", root.dataset.density);
    }
    document.dispatchEvent(new CustomEvent("portal:look"));
  });
})();
