// Words chosen with the mouse become a target or a task, like the passages that the server has cut.
(() => {
  const bar = document.querySelector("[data-passage-bar]");
  const list = document.querySelector("[data-passages]");
  if (!bar || !list) return;
  const links = [...bar.querySelectorAll("[data-passage-link]")];
  const bases = links.map((link) => link.getAttribute("href"));

  // Places are counted in characters of the whole text, as the server counts them.
  const place = (node, offset) => {
    const words = node.parentElement?.closest("[data-start]");
    if (!words || node.nodeType !== Node.TEXT_NODE) return null;
    return Number(words.dataset.start) + [...node.data.slice(0, offset)].length;
  };

  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    const words = chosen.toString().trim();
    const range = chosen.rangeCount && words ? chosen.getRangeAt(0) : null;
    const start = range && place(range.startContainer, range.startOffset);
    const end = range && place(range.endContainer, range.endOffset);
    const isPassage = start !== null && end !== null && start < end;
    bar.hidden = !isPassage;
    if (!isPassage) return;
    bar.querySelector("[data-passage-chosen]").textContent = words.length > 60 ? `“${words.slice(0, 60)}…”` : `“${words}”`;
    links.forEach((link, index) => {
      link.href = `${bases[index]}?tu=${start}&den=${end}`;
    });
  });
})();
