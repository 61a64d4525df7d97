// What was typed goes to the server by itself, waits in the browser while it cannot, and asks where two disagree.
(() => {
  const sheet = window.ntmSheet;
  const WAIT_MS = 350;
  const BATCH = 300;
  const FIRST_RETRY_MS = 2000;
  const LAST_RETRY_MS = 30000;
  const pending = new Map(); // line -> { revision, cells, bad, conflict }
  let timer;
  let sending = null;
  let retry = FIRST_RETRY_MS;
  let stopped = "";

  const prefix = () => {
    const { user, report } = sheet.root().dataset;
    return `bao-cao:${user}:${report}:`;
  };
  // A browser that may keep nothing still saves; it only cannot survive being closed before it has.
  const store = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const keep = (line) => {
    const record = pending.get(line);
    const empty = !record || !(Object.keys(record.cells).length || Object.keys(record.bad).length);
    if (empty) pending.delete(line);
    store((kept) => {
      if (empty) kept.removeItem(prefix() + line);
      else kept.setItem(prefix() + line, JSON.stringify({ revision: record.revision, cells: { ...badTexts(record), ...record.cells } }));
    });
  };
  const badTexts = (record) => Object.fromEntries(Object.entries(record.bad).map(([key, { text }]) => [key, text]));
  const unsent = () => [...pending].filter(([, record]) => !record.conflict && Object.keys(record.cells).length);

  const repaint = (line) => {
    const record = pending.get(line);
    if (!record) return;
    for (const [key, { text, message }] of Object.entries(record.bad)) sheet.show(sheet.cell(line, key), text, "is-bad", message);
    for (const [key, text] of Object.entries(record.cells)) sheet.show(sheet.cell(line, key), text, "is-pending");
  };

  sheet.textOf = (cell) => {
    const { line, key } = sheet.nameOf(cell);
    const record = pending.get(line);
    return record?.cells[key] ?? record?.bad[key]?.text ?? cell.dataset.typed;
  };

  sheet.type = (cell, text) => {
    const { line, key } = sheet.nameOf(cell);
    const record = pending.get(line) ?? { cells: {}, bad: {} };
    if (!Object.keys(record.cells).length && !record.conflict) record.revision = sheet.verdictOf(cell).dataset.revision;
    delete record.bad[key];
    record.cells[key] = text;
    pending.set(line, record);
    keep(line);
    repaint(line);
    if (stopped) return;
    sheet.state("Đang lưu…");
    schedule(WAIT_MS);
  };

  const schedule = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  const send = () => {
    clearTimeout(timer);
    sending ??= deliver().finally(() => {
      sending = null;
    });
    return sending;
  };

  // True when everything that can be sent has been.
  const deliver = async () => {
    stopped = "";
    for (let batch = unsent().slice(0, BATCH); batch.length; batch = unsent().slice(0, BATCH)) {
      const sent = new Map(batch.map(([line, record]) => [line, { ...record.cells }]));
      const lines = batch.map(([line, { revision, cells }]) => ({ line, revision, cells }));
      sheet.state("Đang lưu…");
      const answer = await ask(JSON.stringify({ lines }));
      if (!answer) return false;
      absorb(answer, sent);
    }
    return true;
  };

  const ask = async (body) => {
    let answer;
    try {
      answer = await fetch(sheet.root().dataset.save, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": sheet.token() },
      });
    } catch {
      return lost();
    }
    if (answer.status >= 500 || answer.status === 429) return lost();
    retry = FIRST_RETRY_MS;
    if (answer.ok) return answer.json();
    await refuse(answer);
    return null;
  };

  const lost = () => {
    sheet.state("Mất kết nối, sẽ thử lại. Những gì đã gõ được giữ trong trình duyệt này.", "lost");
    schedule(retry);
    retry = Math.min(retry * 2, LAST_RETRY_MS);
    return null;
  };

  const refuse = async (answer) => {
    const words = {
      0: "Phiên đăng nhập đã hết: đăng nhập lại rồi tải lại trang, những gì đã gõ được giữ trong trình duyệt này.",
      403: "Trang đã cũ hoặc bạn không còn quyền: tải lại trang, những gì đã gõ được giữ trong trình duyệt này.",
    };
    const said = await answer.json().catch(() => null);
    stopped = said?.message ?? words[answer.status] ?? "Chưa lưu được: tải lại trang rồi thử lại.";
    sheet.state(stopped, "lost");
  };

  const absorb = (answer, sent) => {
    const conflicts = new Map(answer.conflicts.map((conflict) => [String(conflict.line), conflict]));
    for (const [line, cells] of sent) {
      const record = pending.get(line);
      const conflict = conflicts.get(line);
      if (conflict) {
        record.conflict = { ...conflict, html: answer.lines[line] };
        continue;
      }
      for (const [key, text] of Object.entries(cells)) if (record.cells[key] === text) delete record.cells[key];
      for (const fault of answer.faults) {
        if (String(fault.line) === line && !(fault.cell in record.cells)) {
          record.bad[fault.cell] = { text: cells[fault.cell], message: fault.message };
        }
      }
      if (answer.lines[line]) sheet.take(answer.lines[line]);
      record.revision = sheet.cell(line, "kl").dataset.revision;
      repaint(line);
      keep(line);
    }
    sheet.seen(answer);
    tellConflicts();
    const bad = [...pending.values()].reduce((sum, record) => sum + Object.keys(record.bad).length, 0);
    if (conflicts.size) sheet.state("Có dòng người khác vừa sửa: chọn bên dưới.", "lost");
    else if (bad) sheet.state(`Đã lưu ${answer.saved_at}; ${bad} ô không đọc được nên chưa lưu.`, "lost");
    else sheet.state(`Đã lưu ${answer.saved_at}`);
    document.dispatchEvent(new CustomEvent("sheet:saved"));
  };

  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };
  sheet.button = button;

  const tellConflicts = () => {
    const notes = [...pending].filter(([, record]) => record.conflict).map(([line, record]) => {
      const { about, by, at, theirs } = record.conflict;
      const said = (texts) => Object.keys(record.cells).map((key) => `“${texts[key] || "trống"}”`).join(", ");
      const note = document.createElement("p");
      note.className = "note note-warning sheet-conflict";
      note.append(`${about}: ${by || "người khác"} đã ghi ${said(theirs)}${at && ` lúc ${at}`}; bạn ghi ${said(record.cells)}. `);
      note.append(button("Giữ của họ", () => settle(line, false)), " ", button("Ghi của tôi", () => settle(line, true)));
      return note;
    });
    document.getElementById("xung-dot").replaceChildren(...notes);
  };

  const settle = (line, mine) => {
    const record = pending.get(line);
    const { html, revision } = record.conflict;
    delete record.conflict;
    if (mine) record.revision = revision;
    else record.cells = {};
    sheet.take(html);
    repaint(line);
    keep(line);
    tellConflicts();
    if (mine) send();
    else sheet.state("Đã giữ số liệu của người kia.");
  };

  // Whatever an act of the page rests on is saved first.
  sheet.flushers = [
    async () => {
      if (sending) await sending;
      return (await send()) && pending.size === 0;
    },
  ];
  sheet.flush = async () => {
    const saved = await Promise.all(sheet.flushers.map((flush) => flush()));
    return saved.every(Boolean);
  };

  // What an earlier visit could not send any more.
  const restore = () => {
    const start = prefix();
    const keys = store((kept) => Object.keys(kept).filter((key) => key.startsWith(start))) ?? [];
    for (const key of keys) {
      const line = key.slice(start.length);
      const held = store((kept) => JSON.parse(kept.getItem(key)));
      const known = held && Object.entries(held.cells).filter(([name]) => sheet.cell(line, name));
      if (!known?.length) store((kept) => kept.removeItem(key));
      else pending.set(line, { revision: held.revision, cells: Object.fromEntries(known), bad: {} });
      repaint(line);
    }
    if (!pending.size) return;
    if (sheet.isWritable()) send();
    else sheet.state(`${pending.size} dòng đã gõ nhưng chưa lưu được, vì báo cáo không còn sửa được.`, "lost");
  };

  addEventListener("online", () => pending.size && send());
  document.addEventListener("visibilitychange", () => document.hidden && unsent().length && send());
  document.addEventListener("DOMContentLoaded", () => sheet.root() && restore());
})();
