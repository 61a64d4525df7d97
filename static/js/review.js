// Approving would throw away what was typed for sending back, so it waits until the remarks are gone.
(() => {
  const written = () =>
    [...document.querySelectorAll("#tra-lai-bieu-mau textarea, #tra-lai-bieu-mau input[name=chon_y_kien]")].find((field) => field.value.trim());

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-approve]")) return;
    const field = written();
    if (!field) return;
    event.preventDefault();
    let said = event.target.querySelector(".field-error");
    if (!said) {
      said = document.createElement("p");
      said.className = "field-error";
      said.setAttribute("role", "alert");
      event.target.append(said);
    }
    said.textContent = "Bạn đã ghi ý kiến: muốn duyệt thì xóa ý kiến, muốn trả lại thì bấm Trả lại báo cáo.";
    field.focus();
  });
})();
