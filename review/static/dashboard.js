// The slider "what if the threshold were …": it reads the table beside it, which says the same without a script.

const box = document.getElementById("what-if");
const slider = /** @type {HTMLInputElement | null} */ (document.getElementById("threshold"));
const told = document.getElementById("threshold-said");
if (box && slider && told) {
  const rows = [...box.querySelectorAll("tbody tr")];
  const show = () => {
    rows.forEach((row, place) => row.classList.toggle("chosen-row", place === Number(slider.value)));
    const said = /** @type {HTMLElement | undefined} */ (rows[Number(slider.value)])?.dataset.said ?? "";
    told.textContent = said;
    slider.setAttribute("aria-valuetext", said);
  };
  slider.addEventListener("input", show);
  for (const hidden of box.querySelectorAll("[hidden]")) hidden.removeAttribute("hidden");
  show();
}
