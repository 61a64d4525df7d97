// One tab stop for a whole map: arrow keys go from unit to unit, and a card shows what the tooltip says.
// Without this script every unit is a link of its own with a plain tooltip.
(() => {
  const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const unitsOf = (map) => [...map.querySelectorAll(".map-unit")];
  const placeOf = (unit) => [Number(unit.dataset.x), Number(unit.dataset.y)];

  const prepare = (map) => {
    if (map.dataset.map === "ready") return;
    map.dataset.map = "ready";
    unitsOf(map).forEach((unit) => {
      const title = unit.querySelector("title");
      unit.setAttribute("aria-label", title.textContent.replaceAll("\n", ". "));
      unit.dataset.words = title.textContent;
      title.remove();
      unit.setAttribute("tabindex", "-1");
    });
    const first = map.querySelector(".map-unit:not(.map-outside, .map-faded)") ?? map.querySelector(".map-unit");
    first?.setAttribute("tabindex", "0");
  };

  // The nearest unit in that direction: what lies straight ahead comes before what lies aside.
  const next = (map, unit, [dx, dy]) => {
    const [x, y] = placeOf(unit);
    let found = null;
    let least = Infinity;
    for (const other of unitsOf(map)) {
      const [ox, oy] = placeOf(other);
      const ahead = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      const far = ahead + 2 * aside;
      if (ahead > 1 && aside <= 2 * ahead && far < least) [found, least] = [other, far];
    }
    return found;
  };

  const show = (map, unit) => {
    const card = map.querySelector("[data-map-card]");
    card.textContent = unit.dataset.words;
    card.hidden = false;
    const frame = map.getBoundingClientRect();
    const box = unit.querySelector(".map-shape").getBoundingClientRect();
    const below = box.bottom - frame.top + 8;
    const fits = frame.top + below + card.offsetHeight < innerHeight;
    card.style.left = `${Math.max(0, Math.min(box.left - frame.left, frame.width - card.offsetWidth))}px`;
    card.style.top = `${fits ? below : box.top - frame.top - card.offsetHeight - 8}px`;
  };
  const hide = (map) => {
    map.querySelector("[data-map-card]").hidden = true;
  };

  const within = (event) => {
    const unit = event.target.closest?.(".map-unit");
    return unit ? [unit.closest("[data-map]"), unit] : [];
  };

  document.addEventListener("keydown", (event) => {
    const [map, unit] = within(event);
    if (!map || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") hide(map);
    if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      unitsOf(map).at(event.key === "Home" ? 0 : -1).focus();
    }
    if (!STEPS[event.key]) return;
    event.preventDefault();
    next(map, unit, STEPS[event.key])?.focus();
  });
  document.addEventListener("focusin", (event) => {
    const [map, unit] = within(event);
    if (!map) return;
    for (const other of unitsOf(map)) other.setAttribute("tabindex", other === unit ? "0" : "-1");
    if (unit.matches(":focus-visible")) show(map, unit);
  });
  document.addEventListener("focusout", (event) => {
    const [map] = within(event);
    if (map) hide(map);
  });
  document.addEventListener("pointerover", (event) => {
    const [map, unit] = within(event);
    if (map && event.pointerType === "mouse") show(map, unit);
  });
  document.addEventListener("pointerout", (event) => {
    const [map, unit] = within(event);
    if (map && !unit.contains(event.relatedTarget)) hide(map);
  });

  const prepareAll = () => document.querySelectorAll("[data-map]").forEach(prepare);
  document.addEventListener("htmx:afterSettle", prepareAll);
  prepareAll();
})();
