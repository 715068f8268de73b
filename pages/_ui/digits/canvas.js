// The picture of canvas.py: painted by pointer, or by arrow keys and the space bar.
const LINE = "rgba(128,128,128,0.5)", FRAME = "#D55E00", FULL = 15, SOFT = 5;

function draw(view) {
  const { data, canvas, box } = view;
  const room = box.parentElement.clientWidth || data.side * data.cell;
  const size = Math.max(6, Math.min(data.cell, Math.floor((room - 2) / data.side)));
  const wide = size * data.side + 1;
  const sharp = window.devicePixelRatio || 1;
  box.style.width = `${wide}px`;
  canvas.width = canvas.height = wide * sharp;
  canvas.style.width = canvas.style.height = `${wide}px`;
  const context = canvas.getContext("2d");
  context.scale(sharp, sharp);
  view.size = size;
  view.cells.forEach((level, k) => {
    const [x, y] = [(k % data.side) * size, Math.floor(k / data.side) * size];
    const grey = Math.round((level / FULL) * 255);
    context.fillStyle = `rgb(${grey},${grey},${grey})`;
    context.fillRect(x, y, size, size);
    context.strokeStyle = LINE;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, size, size);
  });
  if (view.cursor !== null && box.matches(":focus")) {
    const [x, y] = [(view.cursor % data.side) * size, Math.floor(view.cursor / data.side) * size];
    context.strokeStyle = FRAME;
    context.lineWidth = 2;
    context.strokeRect(x + 1.5, y + 1.5, size - 2, size - 2);
  }
  const at = view.cursor ?? 0;
  const facts = {
    "aria-label": data.label,
    "aria-valuemin": 1,
    "aria-valuemax": view.cells.length,
    "aria-valuenow": at + 1,
    "aria-valuetext": `${Math.floor(at / data.side) + 1}, ${(at % data.side) + 1}: ${view.cells[at]}`,
  };
  for (const [key, one] of Object.entries(facts)) box.setAttribute(key, one);
  box.dataset.cells = view.cells.map((level) => level.toString(16)).join("");
}

function touch(view, place, erase) {
  const { side } = view.data;
  if (erase) {
    view.cells[place] = 0;
    return;
  }
  view.cells[place] = FULL;
  const [row, column] = [Math.floor(place / side), place % side];
  for (const [r, c] of [[row - 1, column], [row + 1, column], [row, column - 1], [row, column + 1]])
    if (r >= 0 && r < side && c >= 0 && c < side)
      view.cells[r * side + c] = Math.max(view.cells[r * side + c], SOFT);
}

function listen(view) {
  const { box } = view;
  const send = () => view.send("painted", box.dataset.cells);
  const under = (event) => {
    const around = box.getBoundingClientRect();
    const column = Math.floor((event.clientX - around.left) / view.size);
    const row = Math.floor((event.clientY - around.top) / view.size);
    const { side } = view.data;
    return row >= 0 && row < side && column >= 0 && column < side ? row * side + column : null;
  };
  let stroke = null;
  view.busy = () => stroke !== null; // what comes meanwhile is older than the stroke
  box.onpointerdown = (event) => {
    const place = under(event);
    if (place === null) return;
    box.setPointerCapture(event.pointerId);
    stroke = { erase: view.cells[place] > 10, last: place };
    touch(view, place, stroke.erase);
    view.cursor = place;
    draw(view);
  };
  box.onpointermove = (event) => {
    const place = stroke === null ? null : under(event);
    if (place === null || place === stroke.last) return;
    stroke.last = place;
    touch(view, place, stroke.erase);
    draw(view);
  };
  box.onpointerup = box.onpointercancel = () => {
    if (stroke !== null) send();
    stroke = null;
  };
  box.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { side } = view.data;
    const at = view.cursor ?? 0;
    const [row, column] = [Math.floor(at / side), at % side];
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, side - 1],
    }[event.key];
    if (to) {
      const [r, c] = to.map((one) => Math.min(side - 1, Math.max(0, one)));
      view.cursor = r * side + c;
    } else if (event.key === " " || event.key === "Enter") {
      view.cursor = at;
      touch(view, at, view.cells[at] > 10);
      draw(view);
      send();
    } else return;
    event.preventDefault();
    draw(view);
  };
  box.onfocus = () => {
    view.cursor ??= 0;
    draw(view);
  };
  box.onblur = () => draw(view);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".canvas");
  const view = (box.view ??= { box, canvas: box.querySelector("canvas"), cursor: null });
  if (view.given !== data.cells && !view.busy?.()) view.cells = [...data.cells].map((one) => parseInt(one, 16));
  view.given = data.cells;
  view.data = data;
  view.send = setTriggerValue;
  parentElement.querySelector("p").textContent = data.hint;
  if (!view.listens) {
    listen(view);
    new ResizeObserver(() => draw(view)).observe(box.parentElement);
  }
  view.listens = true;
  draw(view);
}
