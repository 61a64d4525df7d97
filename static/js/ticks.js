// Long lists to tick: a search that ignores marks and case, and how many are ticked.
(() => {
  const bare = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d");

  for (const frame of document.querySelectorAll("[data-ticks]")) {
    const options = [...frame.querySelectorAll("label.check")];
    const said = frame.querySelector("[data-ticks-count]");
    const count = () => {
      const ticked = options.filter((option) => option.control.checked).length;
      said.textContent = ticked ? `đã chọn ${ticked}` : "";
    };
    const search = frame.querySelector("[data-ticks-search]");
    search.addEventListener("input", () => {
      const words = bare(search.value).split(/\s+/).filter(Boolean);
      for (const option of options) {
        const name = bare(option.textContent);
        option.hidden = !words.every((word) => name.includes(word));
      }
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    frame.addEventListener("change", count);
    count();
    // What is ticked already is seen without scrolling.
    const list = frame.querySelector(".ticks-list");
    list.prepend(...options.filter((option) => option.control.checked));
  }
})();
