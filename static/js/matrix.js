// The matrix: one card tells of the cell under the pointer or the focus, and arrow keys walk from cell to cell.
(() => {
  const SHOW_MS = 150;
  const HIDE_MS = 250;
  const told = new Map();
  const card = document.createElement("div");
  card.className = "card matrix-card";
  card.hidden = true;
  card.setAttribute("role", "status");
  let timer;
  let wanted = null;

  const cellOf = (target) => target.closest?.(".matrix td[class^=cell-]");
  const rowOf = (cell) => cell.closest("tr[data-xa]");
  const numberOf = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex].dataset.tc;
  const focusable = (cell) => cell.querySelector("a") ?? cell;

  const later = (act, wait) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
  const hide = () => {
    clearTimeout(timer);
    wanted = null;
    card.hidden = true;
  };

  const tell = async (address) => {
    if (!told.has(address)) {
      const answer = await fetch(address);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      told.set(address, await answer.text());
    }
    return told.get(address);
  };

  // Below and right of the cell, so that neither its row nor its column is covered; else on the other side.
  const place = (cell) => {
    const box = cell.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const right = box.right + 6 + width <= innerWidth - 8 ? box.right + 6 : box.left - 6 - width;
    const below = box.bottom + 4 + height <= innerHeight - 8 ? box.bottom + 4 : box.top - 4 - height;
    card.style.left = `${Math.max(8, Math.min(right, innerWidth - width - 8))}px`;
    card.style.top = `${Math.max(8, Math.min(below, innerHeight - height - 8))}px`;
  };

  const isAt = (cell) => cell.matches(":hover, :focus-within");

  const show = async (cell) => {
    const frame = cell.closest("[data-cells]").dataset;
    wanted = cell;
    try {
      const words = await tell(`${frame.cells}${rowOf(cell).dataset.xa}/${numberOf(cell)}/${frame.carry}`);
      if (wanted === cell) card.innerHTML = words;
    } catch {
      if (wanted === cell) card.textContent = "Không tải được lý do của ô này. Mở trang xã để xem.";
    }
    if (wanted !== cell || !cell.isConnected) return;
    card.hidden = false;
    card.scrollTop = 0;
    place(cell);
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const cell = cellOf(event.target);
    if (cell) {
      cell.querySelector("a")?.removeAttribute("title"); // the card says more
      if (cell !== wanted || card.hidden) later(() => isAt(cell) && show(cell), SHOW_MS);
      else clearTimeout(timer);
    } else if (card.contains(event.target)) clearTimeout(timer);
    else if (wanted || timer) later(hide, HIDE_MS);
  });
  document.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    if (cell && !event.target.closest("a")) show(cell);
    else if (!card.contains(event.target)) hide();
  });
  // What the card stood beside moves away; a card still to come finds its cell where it then is.
  const letGo = (event) => {
    if (card.hidden || card.contains(event.target)) return;
    card.hidden = true;
    wanted = null;
  };
  addEventListener("scroll", letGo, { capture: true, passive: true });
  addEventListener("resize", hide);

  // One cell of the whole matrix is in the order of the tab key; the arrows move that place.
  const enter = (cell, moves = true) => {
    const table = cell.closest("table");
    for (const held of table.querySelectorAll("tbody [tabindex='0']")) held.tabIndex = -1;
    const target = focusable(cell);
    target.tabIndex = 0;
    if (!moves) return;
    target.focus({ preventScroll: true });
    // The sticky column is as wide as the longest name in the fonts of this machine.
    const names = table.querySelector("thead .corner").offsetWidth;
    table.closest(".matrix-wrap").style.scrollPaddingLeft = `${names}px`;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" }); // beside what is sticky, not under it
  };
  const rowsOf = (cell) => [...cell.closest("table").querySelectorAll("tr[data-xa]")];
  const STEPS = {
    ArrowLeft: (cell) => cell.previousElementSibling,
    ArrowRight: (cell) => cell.nextElementSibling,
    ArrowUp: (cell) => rowsOf(cell)[rowsOf(cell).indexOf(rowOf(cell)) - 1]?.cells[cell.cellIndex],
    ArrowDown: (cell) => rowsOf(cell)[rowsOf(cell).indexOf(rowOf(cell)) + 1]?.cells[cell.cellIndex],
    Home: (cell) => rowOf(cell).cells[0],
    End: (cell) => rowOf(cell).cells[rowOf(cell).cells.length - 1],
  };

  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest?.(".matrix tr[data-xa] > *");
    if (cell && !event.target.matches("[tabindex='0']")) enter(cell, false);
    if (cell && cellOf(cell)) later(() => isAt(cell) && show(cell), SHOW_MS);
    else if (!card.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const cell = event.target.closest?.(".matrix tr[data-xa] > *");
    if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && !event.target.closest("a")) {
      const number = numberOf(cell);
      location.href = rowOf(cell).querySelector("th a").href + (number ? `#tc-${number}` : "");
    } else if (event.key in STEPS) {
      event.preventDefault();
      const next = STEPS[event.key](cell);
      if (next) enter(next);
    }
  });

  const prepare = () => {
    const table = document.querySelector(".matrix");
    if (!card.isConnected) document.body.append(card);
    hide();
    if (!table || table.getAttribute("role")) return;
    table.setAttribute("role", "grid");
    for (const cell of table.querySelectorAll("tr[data-xa] > *")) focusable(cell).tabIndex = -1;
    const first = table.querySelector("tr[data-xa] [class^=cell-]");
    if (first) focusable(first).tabIndex = 0;
  };

  // Sorting puts a new matrix in place of the old one, which stays where it was scrolled to.
  let across = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const frame = event.detail.target.closest("#ma-tran");
    across = frame && (frame.querySelector(".matrix-wrap")?.scrollLeft ?? 0);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (across === null) return;
    prepare();
    document.querySelector(".matrix-wrap")?.scrollTo(across, 0);
    across = null;
  });
  document.addEventListener("htmx:historyRestore", prepare);
  prepare();
})();
