// The cells of painting.py: painted by pointer, or by arrow keys and the space bar.
const LINE = "rgba(128,128,128,0.5)", FRAME = "#D55E00";
const grey = (level) => Math.round((level / 15) * 255);
const KINDS = { // what a stroke leaves in a cell, and at least in the four beside it
  marks: { full: 1, beside: 0, colour: (level) => (level ? "#0072B2" : null) },
  greys: { full: 15, beside: 5, colour: (level) => `rgb(${grey(level)},${grey(level)},${grey(level)})` },
};

const rows = (view) => view.cells.length / view.data.columns;
const place = (view, at) => [Math.floor(at / view.data.columns), at % view.data.columns];

function draw(view) {
  const { data, canvas, box, kind } = view;
  const room = box.parentElement.clientWidth || data.columns * data.cell;
  const size = Math.max(6, Math.min(data.cell, Math.floor((room - 2) / data.columns)));
  const [wide, high] = [size * data.columns + 1, size * rows(view) + 1];
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
  view.cells.forEach((level, at) => {
    const [row, column] = place(view, at);
    const colour = kind.colour(level);
    if (colour) {
      context.globalAlpha = data.background ? 0.75 : 1;
      context.fillStyle = colour;
      context.fillRect(column * size, row * size, size, size);
      context.globalAlpha = 1;
    }
    context.strokeStyle = LINE;
    context.lineWidth = 1;
    context.strokeRect(column * size + 0.5, row * size + 0.5, size, size);
  });
  const at = view.cursor ?? 0;
  const [row, column] = place(view, at);
  if (view.cursor !== null && box.matches(":focus")) {
    context.strokeStyle = FRAME;
    context.lineWidth = 2;
    context.strokeRect(column * size + 1.5, row * size + 1.5, size - 2, size - 2);
  }
  const facts = {
    "aria-label": data.label,
    "aria-valuemin": 1,
    "aria-valuemax": view.cells.length,
    "aria-valuenow": at + 1,
    "aria-valuetext": `${row + 1}, ${column + 1}: ${view.cells[at]}`,
  };
  for (const [key, one] of Object.entries(facts)) box.setAttribute(key, one);
  box.dataset.cells = view.cells.map((level) => level.toString(16)).join("");
}

const erases = (view, at) => 3 * view.cells[at] > 2 * view.kind.full; // a stroke that begins there

function touch(view, at, erase) {
  const { full, beside } = view.kind;
  view.cells[at] = erase ? 0 : full;
  view.cursor = at;
  const [row, column] = place(view, at);
  const four = [[row - 1, column], [row + 1, column], [row, column - 1], [row, column + 1]];
  if (!erase)
    for (const [r, c] of four)
      if (r >= 0 && r < rows(view) && c >= 0 && c < view.data.columns) {
        const near = r * view.data.columns + c;
        view.cells[near] = Math.max(view.cells[near], beside);
      }
  draw(view);
}

function listen(view) {
  const { box } = view;
  const under = (event) => {
    const around = box.getBoundingClientRect();
    const column = Math.floor((event.clientX - around.left) / view.size);
    const row = Math.floor((event.clientY - around.top) / view.size);
    const { columns } = view.data;
    const inside = row >= 0 && row < rows(view) && column >= 0 && column < columns;
    return inside ? row * columns + column : null;
  };
  const send = () => view.send("painted", box.dataset.cells);
  let stroke = null;
  box.onpointerdown = (event) => {
    const at = under(event);
    if (at === null) return;
    box.setPointerCapture(event.pointerId);
    stroke = { erase: erases(view, at), last: at };
    touch(view, at, stroke.erase);
  };
  box.onpointermove = (event) => {
    const at = stroke === null ? null : under(event);
    if (at === null || at === stroke.last) return;
    stroke.last = at;
    touch(view, at, stroke.erase);
  };
  box.onpointerup = box.onpointercancel = () => {
    if (stroke !== null) send();
    stroke = null;
  };
  box.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { columns } = view.data;
    const at = view.cursor ?? 0;
    const [row, column] = place(view, at);
    const to = {
      ArrowLeft: [row, Math.max(0, column - 1)],
      ArrowRight: [row, Math.min(columns - 1, column + 1)],
      ArrowUp: [Math.max(0, row - 1), column],
      ArrowDown: [Math.min(rows(view) - 1, row + 1), column],
      Home: [row, 0],
      End: [row, columns - 1],
    }[event.key];
    if (to) {
      view.cursor = to[0] * columns + to[1];
      draw(view);
    } else if (event.key === " " || event.key === "Enter") {
      touch(view, at, erases(view, at));
      send();
    } else return;
    event.preventDefault();
  };
  box.onfocus = () => {
    view.cursor ??= 0;
    draw(view);
  };
  box.onblur = () => draw(view);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".painting");
  const view = (box.view ??= { box, canvas: box.querySelector("canvas"), cursor: null });
  const fresh = view.version !== data.version || view.cells?.length !== data.cells.length;
  if (fresh) view.cells = [...data.cells].map((level) => parseInt(level, 16));
  view.version = data.version;
  view.data = data;
  view.kind = KINDS[data.kind];
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
