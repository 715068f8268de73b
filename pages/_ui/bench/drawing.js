// The cells of drawing.py: painted by pointer, or by arrow keys and the space bar.
const ON = "#0072B2", LINE = "rgba(128,128,128,0.5)", FRAME = "#D55E00";

function draw(view) {
  const { data, canvas, box } = view;
  const room = box.parentElement.clientWidth || data.columns * data.cell;
  const size = Math.max(6, Math.min(data.cell, Math.floor((room - 2) / data.columns)));
  const [wide, high] = [size * data.columns + 1, size * data.rows + 1];
  const sharp = window.devicePixelRatio || 1;
  box.style.width = `${wide}px`;
  canvas.width = wide * sharp;
  canvas.height = high * sharp;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${high}px`;
  const context = canvas.getContext("2d");
  context.scale(sharp, sharp);
  view.size = size;
  if (view.image?.complete && view.image.naturalWidth)
    context.drawImage(view.image, 0, 0, wide - 1, high - 1);
  view.cells.forEach((on, k) => {
    const [x, y] = [(k % data.columns) * size, Math.floor(k / data.columns) * size];
    if (on) {
      context.globalAlpha = data.background ? 0.75 : 1;
      context.fillStyle = ON;
      context.fillRect(x, y, size, size);
      context.globalAlpha = 1;
    }
    context.strokeStyle = LINE;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, size, size);
  });
  const frame = (row, column, color, width) => {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.strokeRect(column * size + 1.5, row * size + 1.5, size - 2, size - 2);
  };
  if (data.marked) frame(...data.marked, FRAME, 3);
  if (view.cursor !== null && box.matches(":focus"))
    frame(Math.floor(view.cursor / data.columns), view.cursor % data.columns, FRAME, 2);
  const at = view.cursor ?? 0;
  const facts = {
    "aria-label": data.label,
    "aria-valuemin": 1,
    "aria-valuemax": view.cells.length,
    "aria-valuenow": at + 1,
    "aria-valuetext": `${Math.floor(at / data.columns) + 1}, ${(at % data.columns) + 1}: ${view.cells[at] ? 1 : 0}`,
  };
  for (const [key, one] of Object.entries(facts)) box.setAttribute(key, one);
  box.dataset.cells = view.cells.join("");
}

function listen(view) {
  const { box } = view;
  const under = (event) => {
    const around = box.getBoundingClientRect();
    const column = Math.floor((event.clientX - around.left) / view.size);
    const row = Math.floor((event.clientY - around.top) / view.size);
    const inside = row >= 0 && row < view.data.rows && column >= 0 && column < view.data.columns;
    return inside ? row * view.data.columns + column : null;
  };
  const send = () => view.send("drawn", view.cells.join(""));
  let paint = null;
  box.onpointerdown = (event) => {
    const place = under(event);
    if (place === null) return;
    box.setPointerCapture(event.pointerId);
    paint = 1 - view.cells[place];
    view.cells[place] = paint;
    view.cursor = place;
    draw(view);
  };
  box.onpointermove = (event) => {
    const place = paint === null ? null : under(event);
    if (place === null || view.cells[place] === paint) return;
    view.cells[place] = paint;
    draw(view);
  };
  box.onpointerup = box.onpointercancel = () => {
    if (paint !== null) send();
    paint = null;
  };
  box.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { rows, columns } = view.data;
    const at = view.cursor ?? 0;
    const [row, column] = [Math.floor(at / columns), at % columns];
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, columns - 1],
    }[event.key];
    if (to) {
      const [r, c] = [Math.min(rows - 1, Math.max(0, to[0])), Math.min(columns - 1, Math.max(0, to[1]))];
      view.cursor = r * columns + c;
    } else if (event.key === " " || event.key === "Enter") {
      view.cells[at] = 1 - view.cells[at];
      view.cursor = at;
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
  const box = parentElement.querySelector(".drawing");
  const view = (box.view ??= { box, canvas: box.querySelector("canvas"), cursor: null });
  const fresh = view.version !== data.version || view.cells?.length !== data.cells.length;
  if (fresh) view.cells = [...data.cells].map(Number);
  view.version = data.version;
  view.data = data;
  view.send = setTriggerValue;
  if (view.background !== data.background) {
    view.background = data.background;
    view.image = null;
    if (data.background) {
      view.image = new Image();
      view.image.onload = () => draw(view);
      view.image.src = data.background;
    }
  }
  parentElement.querySelector("p").textContent = data.hint;
  if (!view.listens) {
    listen(view);
    new ResizeObserver(() => draw(view)).observe(box.parentElement);
  }
  view.listens = true;
  draw(view);
}
