// Small comforts; every page works without them.
(() => {
  const THEMES = { auto: "Giao diện: theo máy", light: "Giao diện: sáng", dark: "Giao diện: tối" };

  const showLook = () => {
    const root = document.documentElement.dataset;
    for (const button of document.querySelectorAll("[data-theme-next]")) {
      button.title = THEMES[root.theme];
      button.setAttribute("aria-label", THEMES[root.theme]);
    }
    for (const button of document.querySelectorAll("[data-density-next]")) {
      button.setAttribute("aria-pressed", String(root.density === "compact"));
    }
  };
  document.addEventListener("portal:look", showLook);
  document.addEventListener("htmx:afterSettle", showLook);
  showLook();

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A criterion that the address points at opens by itself.
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  // On paper everything marked for it is open, afterwards as it was.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details[data-print-open]:not([open])")) {
      part.open = true;
      opened.push(part);
    }
  });
  addEventListener("afterprint", () => {
    for (const part of opened.splice(0)) part.open = false;
  });

  // Filters and choices apply as soon as they are made.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });
})();
