// Filters and sorts the table of findings. The page is whole without this: it only takes rows out, and puts them back in another order.
"use strict";
(() => {
	const form = document.getElementById("filter");
	if (!form) return;
	const blocks = Array.from(document.querySelectorAll(".f .b"));
	const bodies = blocks.map(block => block.querySelector("tbody"));
	const sizes = bodies.map(body => body.rows.length);
	const said = document.getElementById("shown"), saying = said.dataset.text, lang = document.documentElement.lang;
	const all = sizes.reduce((sum, size) => sum + size, 0);
	let rows = null;

	// Made when it is first asked for, so that the page opens at once.
	function read() {
		rows = [];
		for (const body of bodies)
			for (const row of body.rows) {
				const [severity, outcome] = row.className.split(" ");
				rows.push({row, severity, outcome, at: rows.length, text: null});
			}
	}
	const words = item => item.text === null ? item.text = row_text(item.row) : item.text;
	function row_text(row) {
		let text = "";
		for (const cell of row.cells) text += cell.textContent + "\n";
		return text.toLowerCase();
	}
	function compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; }
	function sorted(list, by) {
		if (by === "document") return list;
		const key = by === "severity" ? item => item.severity : by === "outcome" ? item => item.outcome
			: item => item.row.cells[Number(by)].textContent.toLowerCase();
		return list.map(item => [key(item), item]).sort((a, b) => compare(a[0], b[0]) || a[1].at - b[1].at).map(pair => pair[1]);
	}
	function show() {
		if (!rows) read();
		const text = form.elements.text.value.trim().toLowerCase(), severity = form.elements.severity.value, outcome = form.elements.outcome.value;
		const list = sorted(rows.filter(item => (!severity || item.severity === severity) && (!outcome || item.outcome === outcome) &&
			(!text || words(item).includes(text))), form.elements.order.value);
		let from = 0;
		for (let i = 0; i < blocks.length; i++) {
			const part = list.slice(from, from + sizes[i]);
			from += sizes[i];
			bodies[i].replaceChildren(...part.map(item => item.row));
			blocks[i].hidden = part.length === 0;
			blocks[i].querySelector("caption").hidden = list.length !== all || form.elements.order.value !== "document";
		}
		tell(list.length);
	}
	function tell(n) { said.textContent = saying.replace("{n}", n.toLocaleString(lang)).replace("{of}", all.toLocaleString(lang)); }
	let timer = 0;
	form.addEventListener("submit", event => event.preventDefault());
	form.addEventListener("change", show);
	form.elements.text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 200); });
	form.hidden = false;
	tell(all);
})();
