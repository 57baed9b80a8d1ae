// Sorts lists by the heads of their columns, and filters the findings. The page is whole without this: it only takes rows out, and puts
// them into another order.
"use strict";
(() => {
	const lang = document.documentElement.lang, group = document.body.dataset.group, decimal = document.body.dataset.decimal;

	// A list: blocks of rows under one set of columns; a list with headings among its rows keeps its order.
	class List {
		constructor(element) {
			this.blocks = Array.from(element.children);
			this.bodies = this.blocks.map(block => block.querySelector("tbody"));
			this.sizes = this.bodies.map(body => body.rows.length);
			this.all = this.sizes.reduce((sum, size) => sum + size, 0);
			this.column = -1;
			this.down = false;
			this.filter = null;
			this.rows = null; // made when they are first asked for, so that the page opens at once
		}
		read() {
			this.rows = [];
			for (const body of this.bodies) for (const row of body.rows) this.rows.push({row, at: this.rows.length, text: null});
		}
		heads() {
			this.blocks.forEach(block => Array.from(block.querySelectorAll("thead th")).forEach((th, column) => {
				const button = document.createElement("button");
				button.type = "button";
				button.append(...th.childNodes);
				button.addEventListener("click", () => this.sort(column));
				th.append(button);
			}));
		}
		// Up, down, as in the document.
		sort(column) {
			if (this.column !== column) { this.column = column; this.down = false; }
			else if (!this.down) this.down = true;
			else this.column = -1;
			this.show();
		}
		sorted(list) {
			if (this.column < 0) return list;
			const turn = this.down ? -1 : 1;
			return list.map(item => [key(item.row.cells[this.column], this.column), item])
				.sort((a, b) => turn * compare(a[0], b[0]) || a[1].at - b[1].at).map(pair => pair[1]);
		}
		show() {
			if (!this.rows) this.read();
			const list = this.sorted(this.filter ? this.rows.filter(this.filter) : this.rows), whole = this.column < 0 && list.length === this.all;
			let from = 0;
			this.blocks.forEach((block, i) => {
				const part = list.slice(from, from + this.sizes[i]);
				from += this.sizes[i];
				this.bodies[i].replaceChildren(...part.map(item => item.row));
				block.hidden = part.length === 0 && i > 0;
				block.querySelector("caption").hidden = !whole;
				block.querySelectorAll("thead th").forEach((th, c) => {
					if (c === this.column) th.setAttribute("aria-sort", this.down ? "descending" : "ascending");
					else th.removeAttribute("aria-sort");
				});
			});
			return list.length;
		}
	}
	// What a cell is sorted by: a severity or state by its class, a number by its value, a text by itself.
	function key(cell, column) {
		if (!cell) return "";
		const row = cell.parentNode.className.match(/^s(\d+) o(\d+)$/), symbol = cell.className.match(/^y(\d+)$/);
		if (row && column < 2) return Number(row[column + 1]);
		if (symbol) return Number(symbol[1]);
		if (cell.className === "r" || cell.className === "r lost") return number(cell.textContent);
		return cell.textContent.toLowerCase();
	}
	function number(text) {
		const found = text.split(group).join("").replace("−", "-").replace(decimal, ".").match(/-?\d+(\.\d+)?/);
		return found ? Number(found[0]) : -Infinity;
	}
	function compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; }
	function words(item) {
		if (item.text === null) item.text = Array.from(item.row.cells, cell => cell.textContent).join("\n").toLowerCase();
		return item.text;
	}

	const lists = new Map();
	for (const element of document.querySelectorAll(".l")) {
		if (element.querySelector(".g, .sum")) continue;
		const list = new List(element);
		if (list.all < 2) continue;
		list.heads();
		lists.set(element, list);
	}

	const form = document.getElementById("filter"), findings = lists.get(document.querySelector("#findings .l"));
	if (!form || !findings) return;
	const said = document.getElementById("shown"), saying = said.dataset.text;
	function tell(n) { said.textContent = saying.replace("{n}", n.toLocaleString(lang)).replace("{of}", findings.all.toLocaleString(lang)); }
	function filter() {
		const text = form.elements.text.value.trim().toLowerCase(), severity = form.elements.severity.value, outcome = form.elements.outcome.value;
		findings.filter = text || severity || outcome ? item => (!severity || item.row.classList.contains(severity)) &&
			(!outcome || item.row.classList.contains(outcome)) && (!text || words(item).includes(text)) : null;
		tell(findings.show());
	}
	let timer = 0;
	form.addEventListener("submit", event => event.preventDefault());
	form.addEventListener("change", filter);
	form.elements.text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 200); });
	form.hidden = false;
	tell(findings.all);
})();
