// The grid under the hands: one cell is at hand, arrows walk, typing writes, blocks come from and go to Excel.
(() => {
  const sheet = window.ntmSheet;
  const MOST_UNDONE = 200;
  const VERDICTS = { d: "Đạt", đ: "Đạt", c: "Chưa đạt", k: "Không xét" };
  let at = null;
  let from = null;
  let editor = null;
  let copied = { text: null, rows: [] };
  let done = [];
  let undone = [];

  const rows = () => [...sheet.table().querySelectorAll("tbody:not([hidden]) tr[data-xa]:not([hidden])")];
  const cellAt = (row, column) => row?.cells[column]?.matches("td.cell") && row.cells[column];
  const cellOf = (target) => target.closest?.("#bang td.cell");
  const isVerdict = (cell) => cell.classList.contains("verdict");

  const picked = () => {
    const all = rows();
    const [first, last] = [all.indexOf((from ?? at).parentElement), all.indexOf(at.parentElement)].sort((a, b) => a - b);
    const [left, right] = [(from ?? at).cellIndex, at.cellIndex].sort((a, b) => a - b);
    return all.slice(Math.max(first, 0), last + 1).map((row) => [...row.cells].slice(left, right + 1).filter((c) => c.matches("td.cell")));
  };

  const mark = () => {
    for (const cell of sheet.table().querySelectorAll(".is-picked")) cell.classList.remove("is-picked");
    if (from && from !== at) for (const cell of picked().flat()) cell.classList.add("is-picked");
  };

  const select = (cell, { extend = false, quiet = false } = {}) => {
    if (!cell) return;
    if (!extend) from = cell;
    at?.classList.remove("is-at");
    at?.setAttribute("tabindex", "-1");
    at = cell;
    at.classList.add("is-at");
    at.setAttribute("tabindex", "0");
    mark();
    if (quiet) return;
    at.focus({ preventScroll: true });
    at.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  sheet.select = select;

  const move = (down, right, options) => {
    const all = rows();
    const row = Math.min(Math.max(all.indexOf(at.parentElement) + down, 0), all.length - 1);
    select(cellAt(all[row], at.cellIndex + right) || cellAt(all[row], at.cellIndex), options);
  };

  // Tab goes on in the next row, and leaves the grid at its end.
  const step = (right) => {
    const all = rows();
    const next = cellAt(at.parentElement, at.cellIndex + right);
    if (next) return select(next), true;
    const row = all[all.indexOf(at.parentElement) + right];
    const found = row && (right > 0 ? row.cells[1] : row.cells[row.cells.length - 1]);
    if (found) select(found);
    return Boolean(found);
  };

  // Every change goes through here, so that every change can be taken back. The conclusion follows a value, so
  // taking a value back takes back the conclusion too.
  const write = (changes) => {
    const wanted = changes.filter(({ cell, text }) => text !== sheet.textOf(cell) || cell.classList.contains("is-open"));
    if (!wanted.length || !sheet.isWritable()) return;
    done = [...done, wanted.map(({ cell, text }) => ({ id: cell.id, before: sheet.textOf(cell), text, verdict: sheet.textOf(sheet.verdictOf(cell)) }))].slice(-MOST_UNDONE);
    undone = [];
    for (const { cell, text } of wanted) sheet.type(cell, text);
  };

  const undo = () => {
    const batch = done.pop();
    if (!batch) return;
    undone.push(batch);
    const touched = new Set(batch.map(({ id }) => id));
    for (const { id, before, verdict } of batch) {
      const cell = document.getElementById(id);
      sheet.type(cell, before);
      const conclusion = sheet.verdictOf(cell);
      if (!touched.has(conclusion.id)) sheet.type(conclusion, verdict);
    }
    select(document.getElementById(batch[0].id));
  };

  const redo = () => {
    const batch = undone.pop();
    if (!batch) return;
    done.push(batch);
    for (const { id, text } of batch) sheet.type(document.getElementById(id), text);
    select(document.getElementById(batch[0].id));
  };

  const fill = () => {
    let block = picked();
    if (block.length < 2) {
      const all = rows().filter((row) => row.parentElement === at.closest("tbody"));
      block = all.slice(all.indexOf(at.parentElement)).map((row) => [cellAt(row, at.cellIndex)]);
    }
    const texts = block[0].map(sheet.textOf);
    write(block.slice(1).flatMap((cells) => cells.map((cell, index) => ({ cell, text: texts[index] }))));
  };

  const clear = () => write(picked().flat().map((cell) => ({ cell, text: "" })));

  const makeEditor = (cell, text) => {
    if (!isVerdict(cell)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "text", maxLength: 40, autocomplete: "off", inputMode: "decimal", value: text });
      return field;
    }
    const field = document.createElement("select");
    for (const words of ["", "Đạt", "Chưa đạt", "Không xét"]) field.append(new Option(words || "–", words, false, words === text));
    field.addEventListener("change", () => close(true));
    return field;
  };

  const open = (cell, { text = sheet.textOf(cell), isTyped = false } = {}) => {
    if (!sheet.isWritable() || editor) return;
    const field = makeEditor(cell, text);
    field.className = "sheet-input";
    field.setAttribute("aria-label", cell.parentElement.cells[0].textContent.trim());
    editor = { cell, field, isTyped };
    cell.append(field);
    field.focus();
    if (!isTyped) field.select?.();
    field.addEventListener("blur", () => close(true));
  };

  const close = (commit) => {
    if (!editor) return;
    const { cell, field } = editor;
    editor = null;
    const text = field.value.trim();
    field.remove();
    if (commit) write([{ cell, text }]);
    if (document.activeElement === document.body) cell.focus({ preventScroll: true });
  };

  const editorKeys = (event) => {
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ...(editor.isTyped && { ArrowLeft: [0, -1], ArrowRight: [0, 1] }) };
    if (event.isComposing || (arrows[event.key] && isVerdict(editor.cell))) return;
    if (event.key === "Escape") close(false);
    else if (event.key === "Enter") {
      close(true);
      move(event.shiftKey ? -1 : 1, 0);
    } else if (event.key === "Tab") {
      close(true);
      if (!step(event.shiftKey ? -1 : 1)) return;
    } else if (arrows[event.key]) {
      close(true);
      move(...arrows[event.key]);
    } else return;
    event.preventDefault();
  };

  const LEAPS = { Home: -99, End: 99 };
  const WALKS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };

  const walk = (event) => {
    const { key, shiftKey: extend } = event;
    if (key in WALKS) {
      const far = event.ctrlKey || event.metaKey ? 999 : 1;
      const [down, right] = WALKS[key];
      if (far > 1 && right) edge(right, extend);
      else move(down * far, right, { extend });
    } else if (key in LEAPS) edge(LEAPS[key], extend);
    else if (key === "Enter") move(extend ? -1 : 1, 0);
    else if (key === "Tab") return step(extend ? -1 : 1);
    else return false;
    return true;
  };

  const edge = (right, extend) => {
    const cells = [...at.parentElement.cells].filter((cell) => cell.matches("td.cell"));
    select(right < 0 ? cells[0] : cells.at(-1), { extend });
  };

  const command = (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      const acts = { z: event.shiftKey ? redo : undo, y: redo, d: fill };
      acts[key]?.();
      return key in acts;
    }
    if (event.key === "F2") event.shiftKey ? sheet.openLine(at) : open(at);
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else if (event.key === "Escape") select(at);
    else return false;
    return true;
  };

  const typed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !sheet.isWritable()) return false;
    if (isVerdict(at)) {
      const words = VERDICTS[event.key.toLowerCase()];
      if (words) write(picked().flat().filter(isVerdict).map((cell) => ({ cell, text: words })));
      return Boolean(words);
    }
    if (event.key === "Process" || event.key === "Unidentified") return open(at, { text: "", isTyped: true }), false;
    if (event.key.length !== 1 || event.key === " ") return event.key === " ";
    open(at, { text: event.key, isTyped: true });
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (editor && event.target === editor.field) return editorKeys(event);
    const cell = cellOf(event.target);
    if (!cell || event.target !== cell) return;
    if (cell !== at) select(cell);
    if (walk(event) || (event.key !== "Tab" && (command(event) || typed(event)))) event.preventDefault();
  });

  // A finger has no double click that a page hears of: it edits with a second touch.
  let isTouch = false;
  document.addEventListener("pointerdown", (event) => (isTouch = event.pointerType === "touch"));
  document.addEventListener("dblclick", (event) => {
    const cell = cellOf(event.target);
    if (cell && !event.target.closest("a")) open(cell);
  });
  document.addEventListener("mousedown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.button || event.target.closest("a, .sheet-input")) return;
    event.preventDefault();
    const again = isTouch && cell === at && document.activeElement === cell && !event.shiftKey;
    close(true);
    if (again) open(cell);
    else select(cell, { extend: event.shiftKey });
  });
  document.addEventListener("mouseover", (event) => {
    const cell = event.buttons === 1 && !editor && at && cellOf(event.target);
    if (cell && cell !== at) select(cell, { extend: true });
  });
  document.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (cell && cell === event.target && cell !== at) select(cell);
  });

  const isHere = () => !editor && at?.isConnected && document.activeElement === at;

  // A ratio would be read as a date elsewhere, so its value goes out; within this page the ratio comes back.
  const outgoing = (cell) => (sheet.textOf(cell).includes("/") ? cell.querySelector("b").textContent : sheet.textOf(cell));
  const copy = (event) => {
    if (!isHere()) return false;
    const block = picked();
    copied = {
      text: block.map((cells) => cells.map(outgoing).join("\t")).join("\n"),
      rows: block.map((cells) => cells.map(sheet.textOf)),
    };
    event.clipboardData.setData("text/plain", copied.text);
    event.preventDefault();
    return true;
  };
  document.addEventListener("copy", copy);
  document.addEventListener("cut", (event) => copy(event) && clear());

  const blockOf = (text) =>
    text
      .replace(/\r\n?/g, "\n")
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.split("\t").map((field) => field.trim().replace(/^"(.*)"$/s, "$1")));

  document.addEventListener("paste", (event) => {
    if (!isHere() || !sheet.isWritable()) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    const block = text.replace(/\r\n?/g, "\n") === copied.text ? copied.rows : blockOf(text);
    const target = picked();
    if (block.length === 1 && block[0].length === 1) {
      write(target.flat().map((cell) => ({ cell, text: block[0][0] })));
      return;
    }
    const all = rows();
    const top = all.indexOf(target[0][0].parentElement);
    const left = target[0][0].cellIndex;
    const places = block.flatMap((line, down) => line.map((words, right) => ({ cell: cellAt(all[top + down], left + right), text: words })));
    const inside = places.filter(({ cell }) => cell);
    write(inside);
    const last = inside.at(-1)?.cell;
    if (last) {
      select(target[0][0]);
      select(last, { extend: true });
    }
    if (inside.length < places.length) sheet.state(`${places.length - inside.length} ô dán nằm ngoài bảng nên bị bỏ.`, "lost");
  });

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-sheet]")?.dataset.sheet;
    if (act === "undo") undo();
    if (act === "fill" && at) fill();
  });

  // One cell can be reached with Tab; from there the arrows lead to all others.
  const start = () => {
    [at, from, editor] = [null, null, null];
    const table = sheet.table();
    if (!table) return;
    for (const cell of table.querySelectorAll("td.cell")) cell.setAttribute("tabindex", "-1");
    for (const link of table.querySelectorAll(".cell-more")) link.setAttribute("tabindex", "-1");
    const first = rows()[0]?.querySelector("td.cell");
    if (first) select(first, { quiet: true });
  };
  document.addEventListener("htmx:afterSwap", (event) => event.detail.elt.id === "bao-cao" && start());
  start();
})();
